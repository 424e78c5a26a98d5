import { Button } from '@mantine/core'
import { type ReactNode, useId } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { Notice } from '../ui/Notice.tsx'
import { At } from '../ui/Time.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

export interface ConnectivityStepProps {
  readonly store: InstallStore
  /** The connectivity matrix. */
  readonly children: ReactNode
}

export function ConnectivityStep({ store, children }: ConnectivityStepProps) {
  return (
    <StepFrame
      title={t('install.connectivity.title')}
      intro={t('install.connectivity.intro')}
      footer={
        <Footer
          store={store}
          step="connectivity"
          next={t('install.next')}
          onNext={() => store.getState().go('review')}
        />
      }
    >
      <div className={classes.flush}>{children}</div>
    </StepFrame>
  )
}

export interface InstallStepProps {
  readonly store: InstallStore
  readonly operation: Operation
  /** The card of the operation. */
  readonly children: ReactNode
}

export function InstallStep({ store, operation, children }: InstallStepProps) {
  const { go } = store.getState()
  const { kind, state } = operation
  const done = state === 'done'
  const installing = kind === 'install'
  return (
    <StepFrame
      title={t(installing ? 'install.operation.installTitle' : 'install.operation.uninstallTitle')}
      intro={t(`install.operation.intro.${state}`)}
      footer={
        <>
          {(state === 'failed' || state === 'cancelled' || (done && !installing)) && (
            <Button variant="default" onClick={() => go('review')}>
              {t('install.operation.refreshPlan')}
            </Button>
          )}
          <span className={classes.why} />
          {installing && done && <Button onClick={() => go('done')}>{t('install.next')}</Button>}
        </>
      }
    >
      {children}
    </StepFrame>
  )
}

export interface DoneStepProps {
  readonly store: InstallStore
  readonly plane: Plane
  readonly onOpen: (tab: 'overview' | 'workloads' | 'connectivity' | 'logs') => void
  /** The map of the plane. */
  readonly children: ReactNode
}

/** What there is now, and what comes next. */
export function DoneStep({ store, plane, onOpen, children }: DoneStepProps) {
  const uninstall = useStore(store, (state) => state.setUninstalling)
  const nextId = useId()
  return (
    <StepFrame
      title={t('install.done.title')}
      intro={t('install.done.intro')}
      footer={
        <>
          <Button variant="default" onClick={() => store.getState().go('settings')}>
            {t('install.done.changeSettings')}
          </Button>
          <Button variant="default" onClick={() => uninstall('yes')}>
            {t('install.done.uninstall')}
          </Button>
          <span className={classes.why} />
          <Button onClick={() => onOpen('overview')}>{t('install.done.open')}</Button>
        </>
      }
    >
      {plane.installedAt !== undefined && (
        <Notice tone="good" title={t('install.done.installed', { plane: plane.name })}>
          <div>
            <Rich
              message="install.done.finished"
              values={{ at: <At key="at" at={plane.installedAt} />, context: plane.contextName }}
            />
          </div>
        </Notice>
      )}
      <section aria-labelledby={nextId}>
        <h3 id={nextId} className={classes.subtitle}>
          {t('install.done.nextSteps')}
        </h3>
        <ul className={classes.next}>
          {(['connectivity', 'logs', 'workloads'] as const).map((tab) => (
            <li key={tab}>
              <Button variant="default" size="compact-sm" onClick={() => onOpen(tab)}>
                {t(`install.done.next.${tab}.title`)}
              </Button>
              <span className={classes.quiet}>{t(`install.done.next.${tab}.about`)}</span>
            </li>
          ))}
        </ul>
      </section>
      {children}
    </StepFrame>
  )
}
