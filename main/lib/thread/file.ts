/**
 * The URL of a worker thread's file. `from` is the `import.meta.url` of the module that starts it: the file is beside
 * it in a source tree, and at the top of `out/main` in a bundle, whose chunks may be deeper.
 */
export function threadFile(name: string, from: string): URL {
  if (from.endsWith('.ts')) return new URL(`./${name}.thread.ts`, from)
  const top = from.lastIndexOf('/out/main/')
  return top === -1 ? new URL(`./${name}.thread.js`, from) : new URL(`${from.slice(0, top)}/out/main/${name}.thread.js`)
}
