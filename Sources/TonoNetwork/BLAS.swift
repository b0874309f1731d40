import CTonoBLAS

/// OpenBLAS, held to one thread: the only parallelism is our own, over samples.
enum BLAS {
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// C ← op(A)·op(B) + beta·C over row-major matrices: C is m×n, op(A) m×k, op(B) k×n.
  static func multiply(
    m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, transposed transposeA: Bool = false, rowLength lda: Int,
    _ b: UnsafePointer<Float>, rowLength ldb: Int,
    beta: Float = 0, into c: UnsafeMutablePointer<Float>, rowLength ldc: Int
  ) {
    _ = singleThreaded
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a, blasint(lda), b, blasint(ldb), beta, c,
      blasint(ldc))
  }

  /// y ← op(A)·x + beta·y for a row-major matrix A of `rows`×`columns`.
  static func multiply(
    rows: Int, columns: Int, _ a: UnsafePointer<Float>, transposed: Bool,
    _ x: UnsafePointer<Float>, beta: Float = 0, into y: UnsafeMutablePointer<Float>
  ) {
    _ = singleThreaded
    cblas_sgemv(
      CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), 1, a,
      blasint(columns), x, 1, beta, y, 1)
  }
}
