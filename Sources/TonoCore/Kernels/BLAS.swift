import CTonoBLAS

/// OpenBLAS, held to one thread: the only parallelism is our own, over samples.
package enum BLAS {
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// y ← op(A)·x + beta·y for a row-major matrix A of `rows`×`columns`.
  package static func multiply(
    rows: Int, columns: Int, _ a: UnsafePointer<Float>, transposed: Bool,
    _ x: UnsafePointer<Float>, beta: Float = 0, into y: UnsafeMutablePointer<Float>
  ) {
    _ = singleThreaded
    cblas_sgemv(
      CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), 1, a,
      blasint(columns), x, 1, beta, y, 1)
  }

  /// C ← op(A)·op(B) for row-major matrices; op(A) is `rows`×`depth`, op(B) `depth`×`columns`.
  ///
  /// Rows of A as stored are `leading` apart, or without gaps by default.
  package static func multiply(
    _ a: UnsafePointer<Float>, transposed transposesA: Bool, leading: Int? = nil,
    _ b: UnsafePointer<Float>, transposed transposesB: Bool, rows: Int, columns: Int, depth: Int,
    into c: UnsafeMutablePointer<Float>
  ) {
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, transposesA ? CblasTrans : CblasNoTrans,
      transposesB ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(depth), 1,
      a, blasint(leading ?? (transposesA ? rows : depth)), b,
      blasint(transposesB ? depth : columns), 0, c, blasint(columns))
  }
}
