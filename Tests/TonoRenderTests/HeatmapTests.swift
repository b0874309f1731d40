import Testing
import TonoCore

@testable import TonoRender

@Suite struct HeatmapTests {
  @Test(arguments: [(39, 482), (128, 128), (7, 3), (1, 1), (1, 500), (500, 2)], Colormap.allCases)
  func barePictureHasEachCellsColor(_ size: (Int, Int), _ colormap: Colormap) throws {
    let matrix = Sample.matrix(size.0, size.1)
    let scale = ColorScale(colormap: colormap, range: -0.8...0.9, label: "")
    let image = try PNG.decode(PNG.encode(Heatmap(matrix, scale: scale).image))
    #expect(image.width == size.1 && image.height == size.0)
    for row in 0..<size.0 {
      for column in 0..<size.1 {
        let color = scale.color(of: matrix.values[row * size.1 + column])
        #expect(image[column, size.0 - 1 - row] == color)
      }
    }
  }

  @Test func cellsWithoutANumberAreNeutral() throws {
    let matrix = Tensor(shape: [2, 2], values: [.nan, 0, 1, .infinity])
    let image = try Heatmap(matrix, scale: .full(of: [matrix], label: "")).image
    #expect(image[0, 1] == Colormap.magma.undefinedColor)
    #expect(image[1, 1] == Colormap.magma[0])
    #expect(image[0, 0] == Colormap.magma[255])
    #expect(image[1, 0] == Colormap.magma.undefinedColor)
  }

  @Test func singleChannelIsAMatrix() throws {
    let matrix = Sample.matrix(4, 5)
    let scale = ColorScale.full(of: [matrix], label: "")
    let channel = matrix.reshaped([1, 4, 5])
    #expect(try Heatmap(channel, scale: scale) == Heatmap(matrix, scale: scale))
  }

  @Test(arguments: [[], [5], [2, 3, 4], [1, 1, 3, 4], [0, 3], [3, 0]] as [[Int]])
  func otherShapesAreRefused(_ extents: [Int]) {
    let tensor = Tensor(shape: Shape(extents))
    #expect(throws: InputError.self) {
      try Heatmap(tensor, scale: ColorScale(range: 0...1, label: ""))
    }
  }
}
