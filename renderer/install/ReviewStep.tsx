import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { planePhase } from '../planes/phase.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { IconRefresh } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Ago } from '../ui/Time.tsx'
import { changesNothing } from './changesNothing.ts'
import { Losses, useAcceptedLosses } from './Losses.tsx'
import { PlanView } from './PlanView.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

export interface ReviewStepProps {
  readonly store: InstallStore
  readonly plane: Plane
  /** The newest install or uninstall of the plane. */
  readonly operation: Operation | undefined
}

/** Shows the plan before it runs. The digest ensures that exactly this plan is started. */
export function ReviewStep({ store, plane, operation }: ReviewStepProps) {
  const { loading, plan, problem, action } = useStore(store, (state) => state.plan)
  const { loadPlan, start } = store.getState()
  const [busy, setBusy] = useState(false)
  const losses = useAcceptedLosses(plan)
  const notLoaded = plan === undefined && !loading && problem === undefined

  useEffect(() => {
    if (notLoaded || action !== 'install') void loadPlan('install')
  }, [notLoaded, action, loadPlan])

  const update = planePhase(plane, operation) === 'installed'
  const idle = update && plan !== undefined && changesNothing(plan)
  const blocked = () => {
    if (plan === undefined) return t('install.review.noPlan')
    if (idle) return t('install.review.nothing')
    return losses.blocked
  }
  return (
    <StepFrame
      title={t('install.review.title')}
      intro={t('install.review.intro', { context: plane.contextName })}
      footer={
        <Footer
          store={store}
          step="review"
          next={t(update ? 'install.review.update' : 'install.review.install')}
          blocked={blocked()}
          busy={busy}
          onNext={() => {
            setBusy(true)
            void start(losses.ids).finally(() => setBusy(false))
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
          {t('install.review.refresh')}
        </Button>
        {plan !== undefined && (
          <span className={classes.quiet} role="status">
            <Rich
              message="install.review.planned"
              values={{ ago: <Ago key="ago" at={plan.createdAt} />, context: plan.context }}
            />
          </span>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {loading && <Loading what={t('install.loading.plan')} />}
      {plan !== undefined && <Losses plan={plan} ids={losses.ids} setIds={losses.setIds} />}
      {plan !== undefined && <PlanView plan={plan} />}
    </StepFrame>
  )
}
