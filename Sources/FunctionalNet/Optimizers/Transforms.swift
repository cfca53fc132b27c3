// What is done to gradients before they become steps; the first parts of a `chain`.

extension Optimizer {
  /// Weights are drawn to zero: `g ← g + λ·p`, the gradient of `λ/2·|p|²`. PyTorch: `SGD(weight_decay=λ)`.
  public static func weightDecay(_ lambda: Double) -> Optimizer {
    Optimizer { gradients, _, params, _ in (gradients + P.Scalar(lambda) * params, []) }
  }

  /// Gradients that are longer than this, all taken together, are shortened to it: `g ← g·min(1, limit / (|g| + 1e-6))`.
  /// Pascanu et al., "On the difficulty of training recurrent neural networks", ICML 2013. PyTorch: `clip_grad_norm_`.
  public static func clip(norm limit: Double) -> Optimizer {
    Optimizer { gradients, _, _, _ in
      let factor = min(1, limit / (Double(gradients.norm) + 1e-6))
      return (P.Scalar(factor) * gradients, [])
    }
  }

  /// Every derivative is moved into `-limit...limit`. PyTorch: `clip_grad_value_`.
  public static func clip(value limit: Double) -> Optimizer {
    Optimizer { gradients, _, _, _ in (gradients.map { $0.map(.clamp(limit: P.Scalar(limit))) }, []) }
  }
}
