import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { Loading } from '../ui/Blank.tsx'
import { IconRefresh } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import { PlanView } from './PlanView.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

/** The plan, before it is carried out. Only this very plan is started. */
export function ReviewStep({ store, plane }: { readonly store: InstallStore; readonly plane: Plane }) {
  const { loading, plan, problem, action } = useStore(store, (state) => state.plan)
  const { loadPlan, start } = store.getState()
  const [busy, setBusy] = useState(false)
  const untouched = plan === undefined && !loading && problem === undefined

  useEffect(() => {
    if (untouched || action !== 'install') void loadPlan('install')
  }, [untouched, action, loadPlan])

  const update = plane.installedAt !== undefined
  return (
    <StepFrame
      title="Review the plan"
      intro={`What Hangar would do on ${plane.contextName}, in this order. Nothing has been changed yet.`}
      footer={
        <Footer
          store={store}
          step="review"
          next={update ? 'Update the plane' : 'Install the plane'}
          blocked={plan === undefined ? 'There is no plan yet.' : undefined}
          busy={busy}
          onNext={() => {
            setBusy(true)
            void start().finally(() => setBusy(false))
          }}
        />
      }
    >
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} aria-hidden />}
          loading={loading}
          onClick={() => void loadPlan('install')}
        >
          Plan again
        </Button>
        {plan !== undefined && (
          <span className={classes.quiet} role="status">
            Planned <Ago at={plan.createdAt} /> against {plan.context}
          </span>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {loading && <Loading what="the plan" />}
      {plan !== undefined && <PlanView plan={plan} />}
    </StepFrame>
  )
}
