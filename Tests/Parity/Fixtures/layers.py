"""Writes layers.json: what PyTorch, in double precision, makes of layers, losses, optimizers and whole networks.

    python3 -m pip install torch
    python3 Tests/Parity/Fixtures/layers.py >Tests/Parity/Fixtures/layers.json

Tensors are {"shape": [...], "data": [...]}. Parameters have the names and the orientation of `state_dict`.
"""
import json

import torch
from torch import nn
from torch.nn import functional

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)


def written(tensor):
    tensor = tensor.detach()
    return {"shape": list(tensor.shape), "data": [float(x) for x in tensor.flatten()]}


def state(module):
    return {name: written(tensor) for name, tensor in module.state_dict().items()}


class Residual(nn.Module):
    """The names of its parameters are those of ModuleList([body, shortcut])."""

    def __init__(self, body, shortcut):
        super().__init__()
        self.add_module("0", body)
        self.add_module("1", shortcut)

    def forward(self, x):
        return self._modules["0"](x) + self._modules["1"](x)


class Abs(nn.Module):
    def forward(self, x):
        return x.abs()


def disturbed(module):
    """Parameters and statistics away from ones and zeros."""
    for name, tensor in module.state_dict().items():
        if name.endswith("running_var"):
            tensor.copy_(torch.rand_like(tensor) + 0.5)
        elif not name.endswith("num_batches_tracked"):
            tensor.add_(0.3 * torch.randn_like(tensor))
    return module


# MARK: Layers

def layer(notation, module, shape, training=True, x=None):
    network = disturbed(nn.Sequential(module)).train(training)
    before = state(network)
    x = (torch.randn(shape) if x is None else x).requires_grad_()
    y = network(x)
    dy = torch.randn(y.shape)
    y.backward(dy)
    return {
        "notation": notation, "training": training, "state": before, "x": written(x), "y": written(y), "dy": written(dy),
        "dx": written(x.grad), "gradients": {name: written(p.grad) for name, p in network.named_parameters()},
        "next": state(network),
    }


ties = torch.tensor([[[[1.0, 1, 2, 2], [1, 1, 2, 3], [0, 0, -1, -1], [0, 0, -1, -1]]]])
kinks = torch.tensor([[0.0, -0.0, 1.0, -1.0, 0.5]])
layers = [
    layer("linear(4)", nn.Linear(3, 4), (5, 3)),
    layer("conv2d(3)", nn.Conv2d(2, 3, 3), (2, 2, 5, 6)),
    layer("conv2d(2,kernel=(2,3),stride=(2,1),padding=(1,2))", nn.Conv2d(3, 2, (2, 3), (2, 1), (1, 2)), (2, 3, 4, 5)),
    layer("conv2d(4,kernel=1)", nn.Conv2d(3, 4, 1), (2, 3, 3, 2)),
    layer("conv2d(2,kernel=5,padding=2)", nn.Conv2d(1, 2, 5, padding=2), (1, 1, 7, 7)),
    layer("conv2d(17,stride=3)", nn.Conv2d(2, 17, 3, 3), (2, 2, 9, 9)),
    layer("maxpool2d(2)", nn.MaxPool2d(2), (2, 3, 5, 4)),
    layer("maxpool2d((3,2),stride=(1,2))", nn.MaxPool2d((3, 2), (1, 2)), (1, 2, 5, 6)),
    layer("maxpool2d(2)", nn.MaxPool2d(2), None, x=ties),
    layer("avgpool2d(2)", nn.AvgPool2d(2), (2, 3, 5, 4)),
    layer("avgpool2d(3,stride=1)", nn.AvgPool2d(3, 1), (2, 1, 4, 5)),
    layer("batchnorm2d", nn.BatchNorm2d(3), (4, 3, 2, 5)),
    layer("batchnorm2d", nn.BatchNorm2d(3), (4, 3, 2, 5), training=False),
    layer("batchnorm1d", nn.BatchNorm1d(4), (6, 4)),
    layer("batchnorm1d", nn.BatchNorm1d(4), (6, 4), training=False),
    layer("layernorm", nn.LayerNorm(5), (3, 5)),
    layer("layernorm", nn.LayerNorm([2, 3, 2]), (3, 2, 3, 2)),
    layer("dropout(0.5)", nn.Dropout(0.5), (3, 4), training=False),
    layer("flatten", nn.Flatten(), (2, 3, 2, 2)),
    layer("relu", nn.ReLU(), (3, 7)),
    layer("leakyrelu", nn.LeakyReLU(), (3, 7)),
    layer("leakyrelu(0.2)", nn.LeakyReLU(0.2), (3, 7)),
    layer("sigmoid", nn.Sigmoid(), (3, 7), x=5 * torch.randn(3, 7)),
    layer("tanh", nn.Tanh(), (3, 7), x=3 * torch.randn(3, 7)),
    layer("abs", Abs(), (3, 7)),
    layer("gelu", nn.GELU(), (5, 9), x=4 * torch.randn(5, 9)),
    layer("elu", nn.ELU(), (3, 7)),
    layer("elu(0.6)", nn.ELU(0.6), (3, 7)),
    layer("softmax", nn.Softmax(1), (3, 7), x=4 * torch.randn(3, 7)),
    layer("relu", nn.ReLU(), None, x=kinks.clone()),
    layer("leakyrelu(0.2)", nn.LeakyReLU(0.2), None, x=kinks.clone()),
    layer("abs", Abs(), None, x=kinks.clone()),
    layer("elu(0.6)", nn.ELU(0.6), None, x=kinks.clone()),
    layer("residual(linear(3) tanh)", Residual(nn.Sequential(nn.Linear(3, 3), nn.Tanh()), nn.Sequential()), (4, 3)),
    layer(
        "residual(batchnorm2d conv2d(2,stride=2,padding=1), conv2d(2,kernel=1,stride=2))",
        Residual(
            nn.Sequential(nn.BatchNorm2d(1), nn.Conv2d(1, 2, 3, 2, 1)), nn.Sequential(nn.Conv2d(1, 2, 1, 2))),
        (3, 1, 4, 4)),
]

# MARK: Losses

n, classes = 5, 4
scores = 3 * torch.randn(n, classes)
labels = torch.tensor([0, 3, 1, 1, 2])
soft = torch.softmax(torch.randn(n, classes), 1)
values = torch.randn(n, classes)
answers = torch.rand(n, classes)
class_weights = torch.tensor([0.5, 2.0, 1.0, 3.0])
sample_weights = torch.tensor([1.0, 0.5, 2.0, 0.0, 3.0])
binary = torch.randint(0, 2, (n,))


def weighted(each):
    """The mean over rows, weighted by samples."""
    return (sample_weights * each.reshape(n, -1).mean(1)).sum() / sample_weights.sum()


def loss(name, function, output=scores, target=None, **settings):
    output = output.clone().requires_grad_()
    value = function(output)
    value.backward()
    if target is None:
        target = {"labels": labels.tolist()}
    return {"loss": name, "output": written(output), "value": value.item(), "gradient": written(output.grad), **target, **settings}


weights = {"sample_weights": sample_weights.tolist()}
losses = [
    loss("cross_entropy", lambda z: functional.cross_entropy(z, labels)),
    loss("cross_entropy", lambda z: functional.cross_entropy(z, labels, class_weights), class_weights=class_weights.tolist()),
    loss("cross_entropy", lambda z: functional.cross_entropy(z, labels, label_smoothing=0.1), label_smoothing=0.1),
    loss(
        "cross_entropy", lambda z: functional.cross_entropy(z, labels, class_weights, label_smoothing=0.2),
        class_weights=class_weights.tolist(), label_smoothing=0.2),
    loss("cross_entropy", lambda z: functional.cross_entropy(z, soft), target={"values": written(soft)}),
    loss(
        "cross_entropy", lambda z: functional.cross_entropy(z, soft, class_weights, label_smoothing=0.1),
        target={"values": written(soft)}, class_weights=class_weights.tolist(), label_smoothing=0.1),
    loss(
        "cross_entropy", lambda z: weighted(functional.cross_entropy(z, labels, reduction="none")),
        target={"labels": labels.tolist(), **weights}),
    loss("mean_squared", lambda y: functional.mse_loss(y, values), target={"values": written(values)}),
    loss(
        "mean_squared", lambda y: weighted(functional.mse_loss(y, values, reduction="none")),
        target={"values": written(values), **weights}),
    loss("mean_squared", lambda y: functional.mse_loss(y, functional.one_hot(labels, classes).double())),
    loss("half_squared_sum", lambda y: functional.mse_loss(y, values, reduction="sum") / 2, target={"values": written(values)}),
    loss("mean_absolute", lambda y: functional.l1_loss(y, values), target={"values": written(values)}),
    loss("mean_absolute", lambda y: functional.l1_loss(y, scores), target={"values": written(scores)}),
    loss("huber", lambda y: functional.huber_loss(y, values), target={"values": written(values)}),
    loss("huber", lambda y: functional.huber_loss(y, values, delta=0.4), target={"values": written(values)}, delta=0.4),
    loss(
        "binary_cross_entropy", lambda z: functional.binary_cross_entropy_with_logits(z, answers),
        target={"values": written(answers)}),
    loss(
        "binary_cross_entropy", lambda z: functional.binary_cross_entropy_with_logits(z, answers), output=60 * scores,
        target={"values": written(answers)}),
    loss(
        "binary_cross_entropy", lambda z: functional.binary_cross_entropy_with_logits(z[:, 0], binary.double()),
        output=torch.randn(n, 1), target={"labels": binary.tolist()}),
]

# MARK: Optimizers

gradients = [torch.randn(4) * 10 ** float(torch.randn(())) for _ in range(10)]
start = torch.randn(4)


def optimizer(name, make, schedule=None, change=lambda parameter: None, **settings):
    parameter = start.clone().requires_grad_()
    rule = make([parameter])
    rates = schedule(rule) if schedule else None
    path = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        change(parameter)
        rule.step()
        if rates:
            rates.step()
        path.append(parameter.detach().tolist())
    return {"optimizer": name, "path": path, **settings}


optim = torch.optim
optimizers = [
    optimizer("sgd", lambda p: optim.SGD(p, 0.1)),
    optimizer("momentum", lambda p: optim.SGD(p, 0.1, 0.9)),
    optimizer("nesterov", lambda p: optim.SGD(p, 0.1, 0.8, nesterov=True)),
    optimizer("adagrad", lambda p: optim.Adagrad(p, 0.1)),
    optimizer("rmsprop", lambda p: optim.RMSprop(p, 0.01)),
    optimizer("adam", lambda p: optim.Adam(p, 0.01)),
    optimizer("adamw", lambda p: optim.AdamW(p, 0.01, weight_decay=0.1)),
    optimizer("weight_decay momentum", lambda p: optim.SGD(p, 0.1, 0.9, weight_decay=0.3)),
    optimizer("weight_decay adam", lambda p: optim.Adam(p, 0.01, weight_decay=0.3)),
    optimizer("clip_norm sgd", lambda p: optim.SGD(p, 0.1), change=lambda p: nn.utils.clip_grad_norm_([p], 1.0)),
    optimizer("clip_value sgd", lambda p: optim.SGD(p, 0.1), change=lambda p: nn.utils.clip_grad_value_([p], 0.5)),
    optimizer("sgd step", lambda p: optim.SGD(p, 0.1), lambda o: optim.lr_scheduler.StepLR(o, 3, 0.5)),
    optimizer("sgd exponential", lambda p: optim.SGD(p, 0.1), lambda o: optim.lr_scheduler.ExponentialLR(o, 0.9)),
    optimizer("sgd cosine", lambda p: optim.SGD(p, 0.1), lambda o: optim.lr_scheduler.CosineAnnealingLR(o, 8, 0.01)),
]


def plateau():
    """The rates after losses that fall, stall, and fall again."""
    history = [1.0, 0.9, 0.90001, 0.95, 0.9, 0.91, 0.5, 0.6, 0.49999, 0.7, 0.8, 0.9, 1.0, 0.1]
    rule = optim.SGD([torch.zeros(1)], 0.1)
    schedule = optim.lr_scheduler.ReduceLROnPlateau(rule, factor=0.5, patience=2)
    rates = []
    for value in history:
        schedule.step(value)
        rates.append(rule.param_groups[0]["lr"])
    return {"history": history, "rates": rates}


# MARK: Networks

def training(notation, network, shape, rule, make, loss_name="cross_entropy", function=functional.cross_entropy):
    """Ten steps from a state on ten batches."""
    network(torch.zeros(2, *shape[1:]))  # for layers that infer their inputs
    network = disturbed(network).train()
    before = state(network)
    x, y = torch.randn(10, *shape), torch.randint(0, 3, (10, shape[0]))
    steps = make(network.parameters())
    values = []
    for inputs, targets in zip(x, y):
        steps.zero_grad()
        value = function(network(inputs), targets)
        value.backward()
        steps.step()
        values.append(value.item())
    network.eval()
    return {
        "notation": notation, "optimizer": rule, "loss": loss_name, "start": before, "x": written(x), "labels": y.tolist(),
        "values": values, "end": state(network), "scores": written(network(x[0])),
    }


def cnn():
    # A bias right before a BatchNorm would have no effect, and Adam would make a walk of its rounding errors.
    return nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.BatchNorm2d(3), nn.MaxPool2d(2), nn.Conv2d(3, 4, 2, padding=1), nn.GELU(),
        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(16, 3))


def one_hot(t):
    return functional.one_hot(t, 3).double()


def conv(*layers):
    """Images 6 by 6 to three scores, through some layers of 4 channels."""
    return nn.Sequential(nn.Conv2d(1, 4, 3), *layers, nn.Flatten(), nn.LazyLinear(3))


def dense(*layers):
    return nn.Sequential(nn.Linear(5, 6), *layers, nn.Linear(6, 3))


images, vectors = (3, 1, 6, 6), (4, 5)
momentum = ("momentum", lambda p: optim.SGD(p, 0.05, 0.9))
adam = ("adam", lambda p: optim.Adam(p, 0.01))
norm_cnn = "conv2d(3) relu batchnorm2d maxpool2d(2) conv2d(4,kernel=2,padding=1) gelu avgpool2d(2) flatten linear(3)"
networks = [
    training("linear(6) relu linear(3)", dense(nn.ReLU()), vectors, *momentum),
    training(norm_cnn, cnn(), (3, 1, 10, 8), *momentum),
    training(norm_cnn, cnn(), (3, 1, 10, 8), *adam),
    training(
        "linear(6) batchnorm1d tanh layernorm linear(3)", dense(nn.BatchNorm1d(6), nn.Tanh(), nn.LayerNorm(6)), vectors, "nesterov",
        lambda p: optim.SGD(p, 0.05, 0.9, nesterov=True)),
    training("linear(6) leakyrelu linear(3)", dense(nn.LeakyReLU()), vectors, "adagrad", lambda p: optim.Adagrad(p, 0.01)),
    training("linear(6) elu linear(3)", dense(nn.ELU()), vectors, "adamw", lambda p: optim.AdamW(p, 0.01, weight_decay=0.01)),
    training("linear(6) gelu linear(3)", dense(nn.GELU()), vectors, "sgd", lambda p: optim.SGD(p, 0.05)),
    training("linear(6) abs linear(3)", dense(Abs()), vectors, *momentum),
    training(
        "linear(6) softmax linear(3) dropout(0)", nn.Sequential(*dense(nn.Softmax(1)), nn.Dropout(0)), vectors, *momentum),
    training(
        "linear(6) sigmoid linear(3)", dense(nn.Sigmoid()), vectors, "rmsprop", lambda p: optim.RMSprop(p, 0.01), "mean_squared",
        lambda z, t: functional.mse_loss(z, one_hot(t))),
    training(
        "linear(6) tanh linear(3)", dense(nn.Tanh()), vectors, *momentum, "half_squared_sum",
        lambda z, t: functional.mse_loss(z, one_hot(t), reduction="sum") / 2),
    training(
        "linear(6) tanh linear(3)", dense(nn.Tanh()), vectors, *momentum, "mean_absolute",
        lambda z, t: functional.l1_loss(z, one_hot(t))),
    training("linear(6) tanh linear(3)", dense(nn.Tanh()), vectors, *momentum, "huber", lambda z, t: functional.huber_loss(z, one_hot(t))),
    training(
        "linear(6) tanh linear(3)", dense(nn.Tanh()), vectors, *momentum, "binary_cross_entropy",
        lambda z, t: functional.binary_cross_entropy_with_logits(z, one_hot(t))),
    training(
        "conv2d(4) residual(conv2d(4,padding=1) tanh) maxpool2d(2) flatten linear(3)",
        conv(Residual(nn.Sequential(nn.Conv2d(4, 4, 3, padding=1), nn.Tanh()), nn.Sequential()), nn.MaxPool2d(2)), images, *adam),
    training(
        "conv2d(4) layernorm conv2d(2,stride=2) flatten linear(3)", conv(nn.LayerNorm([4, 4, 4]), nn.Conv2d(4, 2, 3, 2)), images,
        *momentum),
]

print("{")
parts = {"layers": layers, "losses": losses, "optimizers": optimizers, "networks": networks}
for name, cases in parts.items():
    print(f'"{name}": [')
    print(",\n".join(json.dumps(case) for case in cases))
    print("],")
print(f'"start": {json.dumps(start.tolist())}, "gradients": {json.dumps([g.tolist() for g in gradients])},')
print(f'"plateau": {json.dumps(plateau())}')
print("}")
