/** False on Linux systems built on musl (Alpine), where programs linked against glibc do not start. */
export function hasGlibc(platform: NodeJS.Platform): boolean {
  if (platform !== 'linux') return true;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
