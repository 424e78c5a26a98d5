import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import { useSession } from '../sessionContext.ts'
import { type PlaneGraph, planeGraph } from './graph.ts'
import { useShownComponents } from './useShownComponents.ts'

/** The plane as a graph; undefined until both of its parts are loaded. A part that cannot be loaded does not hide the other. */
export function usePlaneGraph(plane: Plane): PlaneGraph | undefined {
  const { workloads, connectivity } = useSession()
  const components = useShownComponents(plane)
  const watched = useStore(workloads, ({ planeId }) => planeId === plane.id)
  const noWorkloads = useStore(workloads, ({ problem }) => problem !== undefined)
  const rows = useStore(connectivity, (state) => state.rows)
  const noRows = useStore(connectivity, (state) => state.problem !== undefined)
  const matrix = useStore(connectivity, (state) => state.matrix)
  const loaded = watched && (components !== undefined || noWorkloads) && (rows !== undefined || noRows)
  return useMemo(
    () => (loaded ? planeGraph(rows ?? [], components ?? [], matrix) : undefined),
    [loaded, rows, components, matrix],
  )
}
