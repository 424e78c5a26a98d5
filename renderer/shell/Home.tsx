import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconPlus } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { useSession } from './sessionContext.ts'

/** Opens the first plane; without planes, offers to install one. */
export function Home() {
  const session = useSession()
  const { planes, problem, load } = useStore(session.planes)
  const go = useStore(session.route, (state) => state.go)
  const first = planes?.[0]?.id

  useEffect(() => {
    if (first !== undefined) go({ view: 'plane', planeId: first, tab: 'overview' })
  }, [first, go])

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
  if (planes === undefined || first !== undefined) return <Loading what={t('shell.loading.planes')} />
  return (
    <EmptyState
      drawing="hangar"
      title={t('shell.home.title')}
      action={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => go({ view: 'new-plane' })}>
          {t('shell.installPlane')}
        </Button>
      }
    >
      {t('shell.home.about')}
    </EmptyState>
  )
}
