import { useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../../preload/contract/operations.ts'
import { useSession } from '../sessionContext.ts'
import type { FleetPlane } from './arrange.ts'
import { standingOf } from './standing.ts'

const changesPlane = ({ kind }: Operation): boolean => kind === 'install' || kind === 'uninstall'

/** Every plane with its standing; undefined before the planes are loaded. What did not change is the same object. */
export function useFleet(): readonly FleetPlane[] | undefined {
  const session = useSession()
  const planes = useStore(session.planes, (state) => state.planes)
  const operations = useStore(session.operations, (state) => state.operations)
  const summaries = useStore(session.fleet, (state) => state.summaries)
  const before = useRef(new Map<string, FleetPlane & { readonly operation: Operation | undefined }>())
  return useMemo(
    () =>
      planes?.map((plane) => {
        const operation = operations?.find((each) => each.planeId === plane.id && changesPlane(each))
        const summary = summaries?.get(plane.id)
        const known = before.current.get(plane.id)
        if (known?.plane === plane && known.summary === summary && known.operation === operation) return known
        const item = { plane, summary, operation, standing: standingOf(plane, operation, summary) }
        before.current.set(plane.id, item)
        return item
      }),
    [planes, operations, summaries],
  )
}
