import type { JsonObject } from '../../../preload/contract/words.ts'

/** Text with its `${path.to.setting}` put in. `missing` names the settings that are empty or absent. */
export interface Substituted {
  readonly text: string
  readonly missing: readonly string[]
}

export function substitute(text: string, settings: JsonObject): Substituted {
  const missing: string[] = []
  const filled = text.replace(/\$\{([\w.-]+)\}/g, (_whole, path: string) => {
    const value = path
      .split('.')
      .reduce<unknown>(
        (at, part) =>
          typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined,
        settings,
      )
    if ((typeof value === 'string' && value.trim() !== '') || typeof value === 'number' || typeof value === 'boolean')
      return String(value)
    missing.push(path)
    return ''
  })
  return { text: filled.trim(), missing }
}
