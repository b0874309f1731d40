/// What is typical of the sounds before the front ends that have a name.
extension NaturalSound {
  /// What real sounds have in common before a front end; nil where it was not measured.
  public static func typical(of frontEnd: FrontEnd) -> NaturalSound? {
    guard let preset = FrontEnd.presets.first(where: { $0.name == frontEnd.name }),
      preset == frontEnd
    else { return nil }
    return typicalSounds[preset.name]
  }
}
