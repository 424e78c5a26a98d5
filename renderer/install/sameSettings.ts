/** Whether two settings are the same; the order of keys and what is undefined do not count. Pure. */
export function sameSettings(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) =>
    sameSettings(Reflect.get(one, key), Reflect.get(other, key)),
  )
}
