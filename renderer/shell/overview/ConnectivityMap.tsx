import { Suspense } from 'react'
import { useStore } from 'zustand'
import { worstAt } from '../../connectivity/matrix/matrix.ts'
import type { OpenRows } from '../../connectivity/matrix/visibleRows.ts'
import { useSession } from '../sessionContext.ts'
import { MapSkeleton } from './MapSkeleton.tsx'
import { DetailDrawer, MapPanel, type OverviewProps } from './Overview.tsx'
import { usePlaneGraph } from './usePlaneGraph.ts'

export interface ConnectivityMapProps extends OverviewProps {
  /** Shows the row of an endpoint in the matrix. */
  readonly onRow: (rows: OpenRows) => void
}

/** The map of the plane in its Connectivity: edges have the verdicts of the latest run, also while it runs. */
export function ConnectivityMap({ plane, detail, onTab, onDetail, onCloseDetail, onRow }: ConnectivityMapProps) {
  const { connectivity } = useSession()
  const graph = usePlaneGraph(plane)
  const matrix = useStore(connectivity, (state) => state.matrix)
  if (graph === undefined) return <MapSkeleton />
  return (
    <>
      <Suspense fallback={<MapSkeleton />}>
        <MapPanel plane={plane.name} contextName={plane.contextName} graph={graph} onOpen={onDetail} />
      </Suspense>
      <Suspense>
        {detail !== undefined && (
          <DetailDrawer
            key={`${detail.kind}/${detail.id}`}
            plane={plane}
            graph={graph}
            detail={detail}
            onOpen={onDetail}
            onTab={(tab) =>
              tab === 'connectivity'
                ? onRow({ [detail.id]: worstAt(matrix.vantages, matrix.cells[detail.id] ?? {}) })
                : onTab(tab)
            }
            onClose={onCloseDetail}
          />
        )}
      </Suspense>
    </>
  )
}
