/**
 * Where a worker thread's file is. `from` is the asking module's `import.meta.url`: beside it in a source tree,
 * at the top of `out/main` in a bundle (whose chunks may lie deeper).
 */
export function threadFile(name: string, from: string): URL {
  if (from.endsWith('.ts')) return new URL(`./${name}.thread.ts`, from)
  const top = from.lastIndexOf('/out/main/')
  return top === -1 ? new URL(`./${name}.thread.js`, from) : new URL(`${from.slice(0, top)}/out/main/${name}.thread.js`)
}
