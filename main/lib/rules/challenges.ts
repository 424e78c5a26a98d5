/** The challenges of a 401: one header can have several, in any order (RFC 9110 §11.6.1). */
export interface Challenge {
  /** In lower case: `basic`, `bearer`, `negotiate`; empty where the header begins with a parameter. */
  readonly scheme: string
  /** By name in lower case; of a repeated one the first. */
  readonly parameters: ReadonlyMap<string, string>
}

/** A name, then a value in quotes or without; or a word that begins a challenge. */
const part = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g
/** A peer can send any number of them. */
const partLimit = 200

/** Reads a `WWW-Authenticate` header, whose repetitions are joined by commas. Pure. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = []
  let parts = 0
  for (const [, word = '', quoted, bare] of header.matchAll(part)) {
    parts += 1
    if (parts > partLimit) break
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare
    const name = word.toLowerCase()
    if (value === undefined || challenges.length === 0)
      challenges.push({ scheme: value === undefined ? name : '', parameters: new Map() })
    if (value === undefined) continue
    const parameters = challenges.at(-1)?.parameters
    if (parameters?.has(name) === false) parameters.set(name, value)
  }
  return challenges
}
