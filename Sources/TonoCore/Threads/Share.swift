/// One thread's part of the work on a sample: `index` of `count` parts.
package struct Share {
  package let index: Int
  package let count: Int

  package static let whole = Share(index: 0, count: 1)

  /// This part of 0 ..< total, in whole units.
  package func range(of total: Int, unit: Int = 1) -> Range<Int> {
    let units = (total + unit - 1) / unit
    func bound(_ index: Int) -> Int { min(total, units * index / count * unit) }
    return bound(index)..<bound(index + 1)
  }
}
