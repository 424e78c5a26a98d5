import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { matrixCounts } from '../connectivity/matrix/matrix.ts'
import { stepOutcomes } from '../install/outcomes.ts'
import { useSession } from './sessionContext.ts'

/** The outcomes of the wizard's steps: each is known to another part of the window. */
export function useOutcomes(plane: Plane | undefined, operation: Operation | undefined) {
  const session = useSession()
  const { draft, preflight, plan } = useStore(session.install)
  const contextId = plane?.contextId ?? draft.contextId
  const listed = useStore(session.clusters, ({ list }) => list?.contexts.find(({ id }) => id === contextId)?.name)
  const probe = useStore(session.clusters, ({ probes }) => (contextId === undefined ? undefined : probes[contextId]))
  const matrix = useStore(session.connectivity, ({ planeId, matrix: shown }) =>
    planeId === plane?.id && shown.startedAt !== undefined ? shown : undefined,
  )
  const name = plane?.contextName ?? listed
  const version = typeof probe === 'object' ? probe.version : undefined
  return useMemo(
    () =>
      stepOutcomes({
        plane,
        draft,
        context: name === undefined ? undefined : { name, version },
        operation,
        preflight,
        connections: matrix && matrixCounts(matrix),
        plan: plan.plan,
      }),
    [plane, draft, name, version, operation, preflight, matrix, plan.plan],
  )
}
