type Version = readonly [number, number, number]

function parseVersion(text: string): Version | undefined {
  const [, major, minor = '0', patch = '0'] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(text.trim()) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

const compare = (a: Version, b: Version): number => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]

const operators: Readonly<Record<string, (found: Version, bound: Version, parts: number) => boolean>> = {
  '>=': (found, bound) => compare(found, bound) >= 0,
  '>': (found, bound) => compare(found, bound) > 0,
  '<=': (found, bound) => compare(found, bound) <= 0,
  '<': (found, bound) => compare(found, bound) < 0,
  '': (found, bound, parts) => found.slice(0, parts).every((part, index) => part === bound[index]),
}

/**
 * Whether a version such as `v1.36.3-eks-1` is in a range such as `>=1.30 <1.38 || 1.40`. What a vendor adds after the
 * patch does not count. Undefined where either cannot be read.
 */
export function isInRange(version: string, range: string): boolean | undefined {
  const found = parseVersion(version)
  if (found === undefined || range.trim() === '') return undefined
  const alternatives = range.split('||').map((alternative) =>
    [
      ...alternative
        .replace(/([<>=]+)\s+/g, '$1')
        .trim()
        .split(/[\s,]+/),
    ].map((part) => {
      const [, operator = '', bound = ''] = /^(>=|<=|>|<|=|)(v?\d+(?:\.\d+){0,2})$/.exec(part) ?? []
      const parsed = parseVersion(bound)
      const test = operators[operator === '=' ? '' : operator]
      return parsed && test ? test(found, parsed, bound.split('.').length) : undefined
    }),
  )
  if (alternatives.flat().includes(undefined)) return undefined
  return alternatives.some((parts) => parts.every(Boolean))
}
