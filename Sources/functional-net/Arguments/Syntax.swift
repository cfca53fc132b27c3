import FunctionalNet
import FunctionalNetIO

/// The version of the program and of the library.
let version = "0.1.0"

private let dataset = Flag.value(
  "dataset", "DATASET",
  "digits, iris or xor, which are built in; or a folder of IDX files with MNIST's names; or a .csv or .tsv file; "
    + "each file plain or .gz; or a .npy, .npz, .h5 or .hdf5 file", standard: "digits")
private let labelColumn = Flag.value(
  "label_column", "COLUMN",
  "the column of a .csv, .tsv or .npy file that holds the classes, by name or by number from 1, or last; auto: the last, unless "
    + "another one has the name of a column of classes, which is an error", standard: "auto")
private let missing = Flag.choice(
  "missing", MissingValues.allCases.map(\.rawValue),
  "what becomes of records of a .csv or .tsv file with missing values: they are errors, are left out, or get the mean that "
    + "the column has in the training part", standard: "error")
private let header = Flag.choice(
  "header", ["auto", "yes", "no"],
  "whether the first line of a .csv or .tsv file names the columns; auto: as its contents tell",
  standard: "auto")
private let separator = Flag.value(
  "separator", "CHARACTER",
  "what separates the columns of a .csv or .tsv file: comma, semicolon, tab, pipe or another character; auto: as its first lines "
    + "tell", standard: "auto")
private let sameMissing = Flag.choice(
  "missing", MissingValues.allCases.map(\.rawValue),
  "what becomes of records with missing values; mean is for networks that were trained with it",
  standard: "as in training")
private let sameLabelColumn = Flag.value(
  "label_column", "COLUMN", "the column that holds the classes (default: where it was in training)")
private let keys = Flag.value(
  "keys", "NAMES",
  "the arrays of an .npz or .h5 file: INPUTS,CLASSES, or those and TEST_INPUTS,TEST_CLASSES; without it, common names are "
    + "looked for, such as x_train,y_train,x_test,y_test")
private let sameKeys = Flag.value(
  "keys", "NAMES", "the arrays of an .npz or .h5 file, as for train (default: as in training)")
private let threads = Flag.value(
  "threads", "N",
  "threads to compute with; the results do not depend on it (default: one for each processor that it may use)")
private let json = Flag.toggle("json", "write one JSON object a line to standard output")
private let quiet = Flag.toggle("quiet", "show no progress")
private let color = Flag.choice("color", Color.choices, "colour on standard error", standard: "auto")
private let hiddenNeurons = Flag.value("hidden_neurons", "N", "units in the hidden layer", standard: "100")
private let network = Flag.value(
  "network", "NETWORK",
  "two-layer, mlp (two hidden layers), cnn (two convolutions), or layers in order, such as "
    + "\"conv2d(8,3) relu maxpool2d(2) flatten linear(10)\"; there are " + layerNames.joined(separator: ", "),
  standard: "two-layer")
private let dropout = Flag.value(
  "dropout", "P", "the probability of dropping a hidden unit in training, for the networks that have names",
  standard: "0")
private let loss = Flag.choice(
  "loss", "NAME", among: LearningSettings.losses, "what is minimised", standard: "cross_entropy")
private let initializer = Flag.choice(
  "initializer", "NAME", among: Initializer.named.map(\.key), "how weights begin", standard: "xavier")
private let checkpointSeconds = Flag.value(
  "checkpoint_seconds", "S", "write a checkpoint also when S seconds have passed within an epoch", standard: "60")
private let force = Flag.toggle("force", "write over files that exist")
private let networkOfModel = Flag.value(
  "network", "NETWORK", "the layers in order, where MODEL does not say them and is not a two-layer network")
private let inputShapeOfModel = Flag.value(
  "input_shape", "SHAPE", "the shape of a sample, such as 784, 28x28 or 3x32x32, where MODEL does not say it")
private let model = ("MODEL", "a model that was saved by --save, or by PyTorch as safetensors")

let trainSyntax = CommandLineSyntax(
  name: "train", summary: "train a network (this is what happens without a command)",
  description:
    "Train a network, unless told otherwise one of two layers (inputs, hidden units with ReLU, class scores) by stochastic "
    + "gradient descent with momentum. The same seed gives the same network, bit for bit, on any machine and for any number "
    + "of threads.",
  flags: [
    dataset,
    .value(
      "lr", "LR", "learning rate (default: 0.03; for sgd 0.1, for adagrad 0.01, for rmsprop, adam and adamw 0.001)"),
    .value("momentum", "M", "the part of the velocity that is kept from step to step", standard: "0.9"),
    hiddenNeurons, network, dropout,
    .choice(
      "optimizer", "NAME", among: LearningSettings.optimizers, "how gradients become steps", standard: "momentum"),
    loss,
    .value("weight_decay", "L", "how strongly weights are drawn to zero", standard: "0"),
    .value(
      "schedule", "SCHEDULE",
      "how the learning rate changes: constant, cosine, step(EPOCHS,FACTOR), exponential(FACTOR) or "
        + "plateau(PATIENCE,FACTOR), with or without warmup(EPOCHS) before it", standard: "constant"),
    .value(
      "patience", "N",
      "stop when the loss on the test part (on the training part where there is none) has not fallen for N epochs, and keep "
        + "the network of the best one"),
    .value("epochs", "N", "how often to go through the training samples", standard: "10"),
    .value("samples", "N", "train on so many of the training samples only, drawn with each class's share"),
    .value("batch_size", "N", "samples in a step; the last step of an epoch takes what is left", standard: "32"),
    .value("seed", "N", "where all random numbers come from (default: drawn, and printed)"),
    threads, initializer,
    .choice("precision", ["float", "double"], "the numbers to compute with", standard: "float"),
    .value(
      "test_fraction", "F", "the part of the samples to test on, where the data has no test part of its own",
      standard: "0.2"),
    labelColumn, header, separator, missing, keys,
    .value(
      "save", "FILE",
      "write the trained network to FILE, as safetensors; where training is interrupted or diverges, its last sound state"
    ),
    .value(
      "checkpoint", "FILE",
      "write all that training depends on to FILE after every epoch, for 'functional-net resume FILE' to go on from"),
    checkpointSeconds, force, json, quiet, color,
  ])

let resumeSyntax = CommandLineSyntax(
  name: "resume", summary: "go on with a training run from its checkpoint",
  description:
    "Go on with a training run from a checkpoint that train --checkpoint wrote, to the same network, bit for bit, as if it had "
    + "never stopped. What is not given here is as it was there; checkpoints go on being written to the same file.",
  positional: ("CHECKPOINT", "what train --checkpoint wrote"),
  flags: [
    .value("epochs", "N", "the number of all epochs, those before the checkpoint among them (default: as before)"),
    .value("dataset", "DATASET", "where the data is now, if it was moved (default: as before)"),
    .value("save", "FILE", "write the trained network to FILE (default: as before)"),
    .value("checkpoint", "FILE", "write checkpoints to another file"),
    checkpointSeconds, force, threads, json, quiet, color,
  ])

let evaluateSyntax = CommandLineSyntax(
  name: "evaluate", summary: "measure a saved network on labelled data",
  description:
    "Measure a saved network: loss, accuracy and which classes it takes for which. Of the data that it was trained on, "
    + "wherever that is now, the test part of its training is used; of other data the test part that it brings, or all of it.",
  positional: model,
  flags: [
    .value("dataset", "DATASET", "as for train (default: what the network was trained on)"),
    sameLabelColumn, header.asInTraining, separator.asInTraining, sameMissing, sameKeys,
    .toggle("all", "measure all samples, also those that the network was trained on"),
    .value("min_accuracy", "X", "exit with code 4 where the accuracy is below X"),
    networkOfModel, inputShapeOfModel, threads, json, color,
  ])

let predictSyntax = CommandLineSyntax(
  name: "predict", summary: "classify data with a saved network",
  description:
    "Classify each row of a .csv or .tsv file, or each image of an IDX file, with a saved network, and write "
    + "its class and the probabilities of all classes as CSV. Columns are found by their names where the file has a header and the "
    + "network was trained on a table with one; other columns are left out. Otherwise they are taken in their order, and there "
    + "must be as many of them as the network has inputs.",
  positional: model,
  flags: [
    .value("dataset", "FILE", "the data, or - for standard input", standard: "-"),
    .value(
      "label_column", "COLUMN",
      "a column that holds the classes and is to be left out, by name or by number from 1, or last (default: none)"),
    header, separator,
    .value(
      "keys", "NAME", "the array of inputs in an .npz or .h5 file (default: as in training, or one with a common name)"),
    networkOfModel, inputShapeOfModel, threads, json, color,
  ])

let checkGradientsSyntax = CommandLineSyntax(
  name: "check-gradients", summary: "compare the gradients with numerical differentiation",
  description: "Check the gradients of a network, with random parameters and a random batch of a data set, "
    + "in double precision: every derivative is compared with central differences of the loss, and the worst are shown. "
    + "An error is the difference of both, divided by the largest of: their sizes; the typical size of derivatives in the same "
    + "tensor; and the size below which the rounding of the loss hides what is asked for. "
    + "Indices are those of the saved file, outputs before inputs. Exits with code 4 where a derivative is wrong.",
  flags: [
    dataset, labelColumn, header, separator, missing, keys, hiddenNeurons, network, dropout, loss,
    .value("batch_size", "N", "samples in the batch", standard: "8"),
    .value("seed", "N", "where all random numbers come from (default: drawn, and printed)"),
    initializer,
    .value("tolerance", "T", "the largest relative error that passes", standard: "1e-7"),
    .value("worst", "N", "how many of the worst derivatives to show", standard: "10"),
    threads, json, quiet, color,
  ])

let summarySyntax = CommandLineSyntax(
  name: "summary", summary: "show the layers of a network, with their sizes",
  description:
    "Show the layers of a network, the shape of what each makes of a sample, its parameters, its multiply-adds for "
    + "a sample on the way forward, and the memory that training takes. No data is needed. Layers are counted from 1; the names of "
    + "tensors in files, such as 0.weight, count from 0, as PyTorch's do.",
  optionalPositional: ("MODEL", "a model that was saved by --save; without it, the network that the flags describe"),
  flags: [
    network, hiddenNeurons, dropout,
    .value("input_shape", "SHAPE", "the shape of a sample, such as 784, 28x28 or 3x32x32", standard: "28x28"),
    .value("classes", "N", "the outputs of the networks that have names", standard: "10"),
    .value("batch_size", "N", "samples in a step", standard: "32"),
    initializer, json, color,
  ])

let exportSyntax = CommandLineSyntax(
  name: "export", summary: "write a saved network for other programs",
  description:
    "Write a saved network as FILE.onnx, the whole of it with the scaling of its inputs, which ONNX Runtime and others run; or "
    + "its tensors alone, as FILE.npz, an archive of NumPy's arrays, or as FILE.safetensors, PyTorch's state_dict.",
  positional: model,
  flags: [
    .value("to", "FILE", "the file to write; its ending, .onnx, .npz or .safetensors, says what"),
    networkOfModel, inputShapeOfModel, force, quiet, color,
  ])

let commands = [
  trainSyntax, resumeSyntax, evaluateSyntax, predictSyntax, checkGradientsSyntax, summarySyntax, exportSyntax,
]
