/// Names that layers have in other libraries, in lower case and without `_`, and their names in notation.
private let synonyms: [(elsewhere: [String], here: String)] = [
  (["dense", "fc", "fullyconnected", "affine"], "linear"),
  (["conv", "convolution", "convolution2d", "convolutional"], "conv2d"),
  (["maxpool", "maxpooling", "maxpooling2d", "pool", "pooling"], "maxpool2d"),
  (["avgpool", "avgpooling", "averagepool", "averagepool2d", "averagepooling", "averagepooling2d"], "avgpool2d"),
  (["bn", "batchnorm", "batchnormalization"], "batchnorm1d (for vectors) or batchnorm2d (for images)"),
  (["bn1d"], "batchnorm1d"), (["bn2d"], "batchnorm2d"), (["ln", "layernormalization"], "layernorm"),
  (["drop"], "dropout"), (["flat"], "flatten"), (["skip", "resblock", "residualblock"], "residual"),
  (["lrelu"], "leakyrelu"), (["logistic"], "sigmoid"),
]

/// The name in notation of a layer that has another name in other libraries; nil where the name is not known there either.
func nameHere(of name: String) -> String? {
  let plain = name.replacing("_", with: "")
  return layerNames.contains(plain) ? plain : synonyms.first { $0.elsewhere.contains(plain) }?.here
}
