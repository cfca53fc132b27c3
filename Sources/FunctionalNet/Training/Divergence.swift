// Where in a network numbers stop being finite: what to say to somebody whose training diverged.

extension Sequential {
  /// The first layer that makes of inputs `x` something that is not finite; nil where none does.
  public func firstLayerNotFinite(
    _ params: Stack<Scalar>, _ state: Stack<Scalar>, _ x: Tensor<Scalar>, _ mode: Mode
  ) -> Int? {
    layers.indices.first { position in
      let part = Sequential(Array(layers[...position]))
      let (params, state) = (Stack(Array(params.parts[...position])), Stack(Array(state.parts[...position])))
      return !part.pass(params, state, x, mode).output.isFinite
    }
  }

  /// The last layer whose parameters have derivatives that are not finite, which is the first on the way back; nil where all
  /// are finite.
  public func lastLayerNotFinite(_ gradients: Stack<Scalar>) -> Int? {
    gradients.parts.lastIndex { !$0.isFinite }
  }
}
