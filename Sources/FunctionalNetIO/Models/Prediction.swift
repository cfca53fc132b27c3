import FunctionalNet

// What a model says to inputs as a data file has them.

extension Model {
  /// The outputs of the network, `[samples, outputs]`, for inputs as a file has them, sample after sample.
  ///
  /// - Throws: `ShapeError` where the inputs are no whole number of samples, or the network takes others than the description
  ///   says.
  public func outputs(_ inputs: Dataset.Inputs) throws(ShapeError) -> Tensor<Scalar> {
    let shape = try network.sampleShape(for: description.inputShape)
    let size = shape.reduce(1, *)
    let count =
      switch inputs {
      case .bytes(let bytes): bytes.count
      case .numbers(let numbers): numbers.count
      }
    guard count.isMultiple(of: size) else {
      throw networkError(
        "takes samples of \(quantity(size, "input")), and \(count) numbers are no whole number of them")
    }
    if let misfit { throw networkError(misfit) }
    let x: Tensor<Scalar> = description.scaling.applied(to: inputs, size: size)
    return network.outputs(params, state, for: Samples(unlabelled: x.reshaped([x.rowCount] + shape)))
  }

  /// The probabilities of all classes, `[samples, classes]`, for inputs as a file has them: the softmax of the outputs, unless
  /// the network ends with it; of a single output, its sigmoid, unless the network ends with that.
  ///
  /// - Throws: `ShapeError`, as `outputs` does.
  public func probabilities(_ inputs: Dataset.Inputs) throws(ShapeError) -> Tensor<Scalar> {
    let outputs = try outputs(inputs)
    if outputs.shape[1] == 1 {
      let second = (activation(ofOutputs: 1) == nil ? outputs : outputs.map(.sigmoid)).elements
      return Tensor(shape: [second.count, 2], elements: second.flatMap { [1 - $0, $0] })
    }
    return activation(ofOutputs: outputs.shape[1]) == nil ? outputs : softmax(outputs)
  }

  /// What makes probabilities of so many outputs; nil where they are probabilities already.
  func activation(ofOutputs count: Int) -> OutputActivation? {
    if count > 1 { return network.outputActivation == .softmax ? nil : .softmax }
    // Earlier versions trained a sigmoid at the end also with a loss that applies another one, which then belongs to it.
    let isAppliedTwice = description.settings["loss"]?.stringValue == "binary_cross_entropy"
    return network.outputActivation == .sigmoid && !isAppliedTwice ? nil : .sigmoid
  }

  /// The class of one sample, whose inputs are numbers as a file has them.
  ///
  ///     let flower = try model.classify([5.1, 3.5, 1.4, 0.2])
  ///     print(flower.name, flower.probability)
  ///
  /// - Throws: `ShapeError` where there are more or fewer numbers than the network has inputs, where its outputs stand for no
  ///   classes, or where they are not finite, as for an input that is missing.
  public func classify(_ row: [Double]) throws(ShapeError) -> Classification<Scalar> {
    let names = description.classNames
    if names.isEmpty { throw networkError("its outputs are numbers, which stand for no classes: see outputs(_:)") }
    let size = description.inputShape.reduce(1, *)
    guard row.count == size else { throw networkError("takes \(quantity(size, "input")), not \(row.count)") }
    let probabilities = try probabilities(.numbers(row))
    guard probabilities.isFinite else { throw networkError("its outputs for these inputs are not finite") }
    return Classification(names: names, probabilities: probabilities.elements, index: probabilities.argmax()[0])
  }

  private func networkError(_ message: String) -> ShapeError { ShapeError(layer: "the network", message) }
}

/// The class of one sample.
public struct Classification<Scalar: Real>: Equatable, Sendable {
  /// The names of all classes, and how probable each of them is.
  public let names: [String]
  public let probabilities: [Scalar]

  /// The position of the most probable class; its name and its probability.
  public let index: Int
  public var name: String { names[index] }
  public var probability: Scalar { probabilities[index] }
}
