import { Button } from '@mantine/core'
import { useState } from 'react'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { Confirm } from '../ui/Confirm.tsx'
import type { PlanesStore } from './store.ts'

export interface ForgetPlaneProps {
  readonly plane: Plane
  readonly store: PlanesStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
  readonly onForgotten: () => void
}

/** Takes the plane off this computer; its cluster is not touched. */
export function ForgetPlane({ plane, store, onProblem, onForgotten }: ForgetPlaneProps) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Forget plane …
      </Button>
      <Confirm
        opened={asking}
        title={`Forget ${plane.name}?`}
        verb="Forget plane"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const problem = await store.getState().remove(plane.id)
          onProblem(problem)
          if (problem === undefined) onForgotten()
        }}
      >
        Its credentials and collected logs on this computer are destroyed. What runs on {plane.contextName} stays as it
        is; to take that away, uninstall first.
      </Confirm>
    </>
  )
}
