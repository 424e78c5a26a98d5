import type { ReleaseValue, ReleaseValues, ValueSource } from '../../preload/contract/install.ts'
import { valuePathText } from '../../preload/value-path.ts'

export const origins = ['override', 'setting', 'profile', 'chart'] as const satisfies ValueSource['origin'][]
export type Origin = (typeof origins)[number]

/** Of a release: what the filter leaves. */
export interface ShownRelease {
  readonly release: ReleaseValues
  readonly values: readonly ReleaseValue[]
}

/** The values with these words in path, value or setting, and of this origin. Releases without any are left out. Pure. */
export function shownValues(
  releases: readonly ReleaseValues[],
  { words, origin }: { readonly words: string; readonly origin: Origin | undefined },
): readonly ShownRelease[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
  const matches = (value: ReleaseValue): boolean => {
    if (origin !== undefined && value.origin !== origin) return false
    const text = [
      valuePathText(value.path),
      value.hidden ? '' : JSON.stringify(value.value),
      ...value.settings.map(({ name }) => name),
    ]
      .join(' ')
      .toLowerCase()
    return wanted.every((word) => text.includes(word))
  }
  return releases
    .map((release) => ({ release, values: release.values.filter(matches) }))
    .filter(
      ({ release, values }) =>
        values.length > 0 || (wanted.length === 0 && origin === undefined && release.problem !== undefined),
    )
}

/** How many values have each origin. Pure. */
export function originCounts(releases: readonly ReleaseValues[]): Readonly<Record<Origin, number>> {
  const counts = { override: 0, setting: 0, profile: 0, chart: 0 }
  for (const { values } of releases) for (const { origin } of values) counts[origin] += 1
  return counts
}
