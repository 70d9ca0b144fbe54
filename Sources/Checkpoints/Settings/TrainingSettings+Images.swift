package import Images

// What the settings mean for images.
extension TrainingSettings.Fit {
  package var imageFit: Fit {
    switch self {
    case .crop: .crop
    case .resize: .resize
    case .pad: .pad
    case .randomCrop: .randomCrop
    }
  }
}
