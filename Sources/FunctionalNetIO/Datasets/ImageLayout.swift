/// How the samples of an array, where they have three dimensions, are read as images: with their channels last,
/// `[height, width, channels]`, where there are 1, 3 or 4 channels and height and width are larger than that; otherwise with
/// their channels first.
struct ImageLayout: CustomStringConvertible {
  /// The shape of a sample in the file.
  let shape: [Int]
  let isChannelsLast: Bool

  /// The numbers of channels that images commonly have.
  private static let common = [1, 3, 4]

  /// nil for samples of another number of dimensions.
  init?(_ shape: [Int]) {
    guard shape.count == 3 else { return nil }
    self.shape = shape
    isChannelsLast = ImageLayout.common.contains(shape[2]) && min(shape[0], shape[1]) > shape[2]
  }

  /// The shape of a sample as networks take it, `[channels, height, width]`.
  var channelsFirst: [Int] { isChannelsLast ? [shape[2], shape[0], shape[1]] : shape }

  /// Whether the shape cannot be read in the other way, with a common number of channels, and has a common one itself.
  var isCertain: Bool {
    let other = isChannelsLast ? shape[0] : shape[2]
    return ImageLayout.common.contains(channelsFirst[0]) && !ImageLayout.common.contains(other)
  }

  /// Such as `samples of shape [13, 8, 8] are taken for 13 channels of 8×8, channels first`.
  var description: String {
    let (channels, height, width) = (channelsFirst[0], channelsFirst[1], channelsFirst[2])
    let count = channels == 1 ? "1 channel" : "\(channels) channels"
    return
      "samples of shape \(shape) are taken for \(count) of \(height)×\(width), channels \(isChannelsLast ? "last" : "first")"
  }
}

extension FileArray.Elements {
  /// Images with their channels first; those that have them so already stay as they are.
  func withChannelsFirst(_ layout: ImageLayout) -> Self {
    guard layout.isChannelsLast, layout.shape[2] > 1 else { return self }
    let (h, w, c) = (layout.shape[0], layout.shape[1], layout.shape[2])
    return arranged([count / (h * w * c), c, h, w], strides: [h * w * c, 1, w * c, c])
  }
}
