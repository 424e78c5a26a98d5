import { Button } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import { t } from '../strings/t.ts'
import { Confirm } from '../ui/Confirm.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Losses, useAcceptedLosses } from './Losses.tsx'
import { PlanView } from './PlanView.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { StepFrame } from './Wizard.tsx'

/** The uninstall plan, which starts after a confirmation. */
export function Uninstall({ store, plane }: { readonly store: InstallStore; readonly plane: Plane }) {
  const { loading, plan, problem } = useStore(store, (state) => state.plan)
  const { start, setUninstalling, loadPlan } = store.getState()
  const losses = useAcceptedLosses(plan)
  const [asking, setAsking] = useState(false)
  return (
    <StepFrame
      title={t('install.uninstall.title')}
      intro={t('install.uninstall.intro', { context: plane.contextName })}
      footer={
        <>
          <Button variant="default" onClick={() => setUninstalling('no')}>
            {t('install.back')}
          </Button>
          <span className={classes.why} role="status">
            {losses.blocked}
          </span>
          <Button
            color="red"
            disabled={plan === undefined || losses.blocked !== undefined}
            onClick={() => setAsking(true)}
          >
            {t('install.uninstall.open')}
          </Button>
        </>
      }
    >
      {problem !== undefined && (
        <ProblemNotice
          problem={problem}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => void loadPlan('uninstall')}>
              {t('install.uninstall.refreshPlan')}
            </Button>
          }
        />
      )}
      {loading && <Loading what={t('install.loading.plan')} />}
      {plan !== undefined && <Losses plan={plan} ids={losses.ids} setIds={losses.setIds} />}
      {plan !== undefined && <PlanView plan={plan} />}
      <Confirm
        opened={asking}
        title={t('install.uninstall.question', { plane: plane.name })}
        verb={t('install.uninstall.confirm')}
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await start(losses.ids)
        }}
      >
        {t('install.uninstall.about', { context: plane.contextName })}
      </Confirm>
    </StepFrame>
  )
}
