/** The values in a value, counted as if each reference to an object were a copy; infinite for one that contains itself. */
export function expandedSize(value: unknown, sizes = new Map<object, number>()): number {
  if (typeof value !== 'object' || value === null) return 1
  const known = sizes.get(value)
  if (known !== undefined) return known
  sizes.set(value, Number.POSITIVE_INFINITY)
  const size = Object.values(value).reduce<number>((sum, child) => sum + expandedSize(child, sizes), 1)
  sizes.set(value, size)
  return size
}
