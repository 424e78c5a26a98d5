/** The code of the innermost cause; messages of undici can contain a proxy's password. Pure. */
export function connectionCode(error: unknown): string {
  let found = 'the connection failed'
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string') found = code
  }
  return found
}
