import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { Blank, Loading } from '../ui/Blank.tsx'
import { IconPlus } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { useSession } from './sessionContext.ts'

/** Before a plane is chosen: the first one there is, or how to get one. */
export function Home() {
  const session = useSession()
  const { planes, problem, load } = useStore(session.planes)
  const go = useStore(session.route, (state) => state.go)
  const first = planes?.[0]?.id

  useEffect(() => {
    // With planes there is nothing to say here: the first one's overview is the better start.
    if (first !== undefined) go({ view: 'plane', planeId: first, tab: 'overview' })
  }, [first, go])

  if (problem !== undefined) {
    return (
      <div style={{ padding: 16 }}>
        <ProblemNotice
          problem={problem}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => void load()}>
              Try again
            </Button>
          }
        />
      </div>
    )
  }
  if (planes === undefined || first !== undefined) return <Loading what="planes" />
  return (
    <Blank
      title="No plane here yet"
      action={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go({ view: 'new-plane' })}>
          Install a plane
        </Button>
      }
    >
      A plane is a private data plane on one of your clusters. Hangar shows every step before it changes anything,
      checks the connections that the plane needs, and keeps its logs searchable on this computer.
    </Blank>
  )
}
