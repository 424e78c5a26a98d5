import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { t } from '../strings/t.ts'
import { Confirm } from '../ui/Confirm.tsx'
import type { PlanesStore } from './store.ts'

export interface ForgetPlaneProps {
  readonly plane: Plane
  readonly store: PlanesStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
  readonly onForgotten: () => void
}

/** Deletes the plane from this computer; its cluster does not change. */
export function ForgetPlane({ plane, store, onProblem, onForgotten }: ForgetPlaneProps) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('planes.forget.open')}
      </Button>
      <Confirm
        opened={asking}
        title={t('planes.forget.title', { plane: plane.name })}
        verb={t('planes.forget.confirm')}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const problem = await store.getState().remove(plane.id)
          onProblem(problem)
          if (problem === undefined) onForgotten()
        }}
      >
        {t('planes.forget.about', { context: plane.contextName })}
      </Confirm>
    </>
  )
}
