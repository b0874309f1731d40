import CTonoCairo
import TonoCore

/// A place on a page, in points from its top left.
struct Point: Equatable {
  var x: Double
  var y: Double
}

/// A rectangle on a page, in points from its top left.
struct Rectangle: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var midX: Double { x + width / 2 }
  var midY: Double { y + height / 2 }
}

/// The look of a line of text.
struct TextStyle: Equatable {
  /// The size of the font, in points.
  var size: Double
  var isBold = false
  var color = Color(hex: 0x222222)
}

/// The owner of one cairo surface and of the pen that draws on it, in points from the top left.
///
/// All cairo calls are in this file; what draws on a page does not know what kind of surface
/// lies below.
final class Page {
  private let surface: OpaquePointer
  private let context: OpaquePointer

  /// How many pixels a point is wide.
  let scale: Int

  /// The longest side of a page, in pixels: cairo's limit.
  static let longestSide = 32_767

  /// A white page of pixels.
  ///
  /// - Throws: `InputError` if cairo has no such surface or no memory for it.
  init(width: Int, height: Int, scale: Int) throws {
    guard width <= Self.longestSide, height <= Self.longestSide else {
      throw InputError(
        "a figure of \(width)×\(height) pixels is larger than \(Self.longestSide) along a side;"
          + " draw fewer panels or a part of the matrix")
    }
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    context = cairo_create(surface)
    self.scale = scale
    cairo_scale(context, Double(scale), Double(scale))
    // The same letters on every machine, whatever its fontconfig says of hinting.
    let options = cairo_font_options_create()
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_set_font_options(context, options)
    cairo_font_options_destroy(options)
    setColor(.white)
    cairo_paint(context)
    try check()
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  private func check() throws {
    let status = cairo_status(context)
    guard status == CAIRO_STATUS_SUCCESS else {
      throw InputError(
        "cairo cannot draw the figure: \(String(cString: cairo_status_to_string(status)))")
    }
  }

  private func setColor(_ color: Color) {
    cairo_set_source_rgb(
      context, Double(color.red) / 255, Double(color.green) / 255, Double(color.blue) / 255)
  }

  // MARK: - Shapes

  /// Fills a polygon.
  func fill(_ corners: [Point], color: Color) {
    setColor(color)
    trace(corners)
    cairo_close_path(context)
    cairo_fill(context)
  }

  /// Draws a line through points.
  func stroke(_ points: [Point], width: Double, color: Color) {
    setColor(color)
    cairo_set_line_width(context, width)
    trace(points)
    cairo_stroke(context)
  }

  /// Draws the outline of a rectangle, all of it outside the rectangle.
  func frame(_ rectangle: Rectangle, width: Double, color: Color, dashed: Bool = false) {
    setColor(color)
    cairo_set_line_width(context, width)
    if dashed { cairo_set_dash(context, [3, 3], 2, 0) }
    cairo_rectangle(
      context, rectangle.x - width / 2, rectangle.y - width / 2, rectangle.width + width,
      rectangle.height + width)
    cairo_stroke(context)
    cairo_set_dash(context, nil, 0, 0)
  }

  private func trace(_ points: [Point]) {
    for (index, point) in points.enumerated() {
      if index == 0 {
        cairo_move_to(context, point.x, point.y)
      } else {
        cairo_line_to(context, point.x, point.y)
      }
    }
  }

  // MARK: - Pictures

  /// Puts a picture on the page, pixel on pixel, with its top left at a whole pixel.
  func place(_ image: Image, at origin: Point) {
    let picture = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32(image.width), Int32(image.height))
    defer { cairo_surface_destroy(picture) }
    cairo_surface_flush(picture)
    guard let data = cairo_image_surface_get_data(picture) else { return }
    let stride = Int(cairo_image_surface_get_stride(picture))
    for y in 0..<image.height {
      let row = UnsafeMutableRawPointer(data + y * stride)
      for x in 0..<image.width {
        row.storeBytes(of: image[x, y].hex, toByteOffset: 4 * x, as: UInt32.self)
      }
    }
    cairo_surface_mark_dirty(picture)
    cairo_save(context)
    cairo_translate(context, origin.x, origin.y)
    cairo_scale(context, 1 / Double(scale), 1 / Double(scale))
    cairo_set_source_surface(context, picture, 0, 0)
    cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_NEAREST)
    cairo_paint(context)
    cairo_restore(context)
  }

  // MARK: - Text

  /// How far a line of text reaches, in points.
  func width(of text: String, _ style: TextStyle) -> Double {
    select(style)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    return extents.x_advance
  }

  /// Writes a line of text from the left end of its baseline; an upright one runs upwards.
  func write(_ text: String, at origin: Point, _ style: TextStyle, isUpright: Bool = false) {
    select(style)
    setColor(style.color)
    cairo_save(context)
    cairo_translate(context, origin.x, origin.y)
    if isUpright { cairo_rotate(context, -Double.pi / 2) }
    cairo_move_to(context, 0, 0)
    cairo_show_text(context, text)
    cairo_restore(context)
  }

  private func select(_ style: TextStyle) {
    let weight = style.isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL
    cairo_select_font_face(context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, weight)
    cairo_set_font_size(context, style.size)
  }

  // MARK: - The drawn page

  /// The page as a picture.
  ///
  /// - Throws: `InputError` if anything went wrong since the page was made.
  func image() throws -> Image {
    try check()
    cairo_surface_flush(surface)
    let (width, height) = (
      Int(cairo_image_surface_get_width(surface)), Int(cairo_image_surface_get_height(surface))
    )
    let stride = Int(cairo_image_surface_get_stride(surface))
    guard let data = cairo_image_surface_get_data(surface) else {
      throw InputError("cairo has no pixels of a figure of \(width)×\(height) pixels")
    }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * width * height)
    for y in 0..<height {
      let row = UnsafeRawPointer(data + y * stride)
      for x in 0..<width {
        let color = Color(hex: row.load(fromByteOffset: 4 * x, as: UInt32.self))
        pixels.append(color.red)
        pixels.append(color.green)
        pixels.append(color.blue)
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }
}
