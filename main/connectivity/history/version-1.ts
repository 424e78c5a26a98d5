/**
 * Converts what Hangar 0.1 saved, so that an update loses no run and no watch. Version 2 renamed fields and changed none of
 * their values: a result's `seen` is `facts`, a vantage's and a change's `says` is `message`, and three kinds of change have
 * other names. Input and output are parsed JSON, not yet validated against the contract. Pure.
 */
export function reportFromVersion1(report: unknown): unknown {
  if (!isObject(report) || report.schemaVersion !== 1) return report
  return {
    ...report,
    schemaVersion: 2,
    vantages: each(report.vantages, (outcome) => rename(outcome, 'says', 'message')),
    results: each(report.results, (result) => rename(result, 'seen', 'facts')),
  }
}

const changeKinds: Readonly<Record<string, string>> = { mended: 'recovered', appeared: 'added', gone: 'removed' }

/** A change between two runs in a watch file; a change of version 2 is returned as it is. */
export function changeFromVersion1(change: unknown): unknown {
  if (!isObject(change) || !('says' in change)) return change
  const kind = typeof change.kind === 'string' ? (changeKinds[change.kind] ?? change.kind) : change.kind
  return rename({ ...change, kind }, 'says', 'message')
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const each = (list: unknown, convert: (item: Json) => unknown): unknown =>
  Array.isArray(list) ? list.map((item: unknown) => (isObject(item) ? convert(item) : item)) : list

function rename(object: Json, from: string, to: string): unknown {
  const { [from]: value, ...rest } = object
  return value === undefined ? object : { ...rest, [to]: value }
}
