import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import { latestOperation } from '../../operations/store.ts'
import { expectedComponents, planePhase } from '../../planes/phase.ts'
import { type Expected, type ShownComponent, shownComponents } from '../../workloads/health.ts'
import { useSession } from '../sessionContext.ts'

export function useExpected(plane: Plane): Expected {
  const operation = useStore(useSession().operations, latestOperation(plane.id, ['install', 'uninstall']))
  return expectedComponents(planePhase(plane, operation), operation)
}

/** The components of the plane; undefined before the cluster, or what was last known, is read. */
export function useShownComponents(plane: Plane): readonly ShownComponent[] | undefined {
  const components = useStore(useSession().workloads, ({ snapshot }) => snapshot?.components)
  const expected = useExpected(plane)
  return useMemo(() => components && shownComponents(components, expected), [components, expected])
}
