import { Button } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { Loading } from '../ui/Blank.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { PlanView } from './PlanView.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { StepFrame } from './Wizard.tsx'

/** The way out: its plan first, then a question, then the act. */
export function Uninstall({ store, plane }: { readonly store: InstallStore; readonly plane: Plane }) {
  const { loading, plan, problem } = useStore(store, (state) => state.plan)
  const { start, setUninstalling, loadPlan } = store.getState()
  const [asking, setAsking] = useState(false)
  return (
    <StepFrame
      title="Uninstall"
      intro={`What Hangar would remove from ${plane.contextName}, and what it would leave. Nothing has been changed yet.`}
      footer={
        <>
          <Button variant="default" onClick={() => setUninstalling('no')}>
            Back
          </Button>
          <span className={classes.why} />
          <Button color="red" disabled={plan === undefined} onClick={() => setAsking(true)}>
            Uninstall …
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <ProblemNotice
          problem={problem}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => void loadPlan('uninstall')}>
              Plan again
            </Button>
          }
        />
      )}
      {loading && <Loading what="the plan" />}
      {plan !== undefined && <PlanView plan={plan} />}
      <Confirm
        opened={asking}
        title={`Uninstall ${plane.name}?`}
        verb="Uninstall"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await start()
        }}
      >
        The steps above are carried out on {plane.contextName}. Logs that were collected stay on this computer.
      </Confirm>
    </StepFrame>
  )
}
