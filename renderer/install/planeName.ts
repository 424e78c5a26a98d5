import type { Plane } from '../../preload/contract/planes.ts'

/** An RFC 1123 label, as Kubernetes names are. */
const slugPattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** A name that no other plane has. */
export function freeName(base: string, planes: readonly Plane[]): string {
  const taken = new Set(planes.map(({ name }) => name))
  if (!taken.has(base)) return base
  for (let number = 2; ; number += 1) if (!taken.has(`${base}-${number}`)) return `${base}-${number}`
}

export const isPlaneName = (name: string): boolean => slugPattern.test(name)
