import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { FirstStart } from './FirstStart.tsx'
import { FleetView } from './fleet/FleetView.tsx'
import { useFleet } from './fleet/useFleet.ts'
import { useSession } from './sessionContext.ts'

/** All planes; without one, what Hangar can do. */
export function Home() {
  const session = useSession()
  const { problem, load } = useStore(session.planes)
  // Shown as a whole, so that what is below does not move when the states arrive.
  const isKnown = useStore(session.fleet, (state) => state.summaries !== undefined || state.problem !== undefined)
  const planes = useFleet()

  if (problem !== undefined) {
    return (
      <div style={{ padding: 16 }}>
        <ProblemNotice
          problem={problem}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => void load()}>
              {t('shell.home.reload')}
            </Button>
          }
        />
      </div>
    )
  }
  if (planes === undefined || (planes.length > 0 && !isKnown)) return <Loading what={t('shell.loading.planes')} />
  return planes.length === 0 ? <FirstStart /> : <FleetView planes={planes} />
}
