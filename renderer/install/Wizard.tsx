import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { t } from '../strings/t.ts'
import { IconCheck } from '../ui/icons.ts'
import { previousOf, reachable, type WizardStep, wizardSteps } from './steps.ts'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'

export interface WizardProps {
  readonly store: InstallStore
  /** undefined until it has been created. */
  readonly plane: Plane | undefined
  /** The newest install or uninstall of the plane. */
  readonly operation: Operation | undefined
  readonly children: ReactNode
}

/** The list of steps, and the current one. */
export function Wizard({ store, plane, operation, children }: WizardProps) {
  const current = useStore(store, ({ step }) => step)
  const go = useStore(store, (state) => state.go)
  const at = wizardSteps.indexOf(current)
  return (
    <div className={classes.wizard}>
      <nav aria-label={t('install.steps')}>
        <ol className={classes.stepper}>
          {wizardSteps.map((id, index) => (
            <li key={id}>
              <button
                type="button"
                className={classes.step}
                aria-current={id === current ? 'step' : undefined}
                data-past={index < at || undefined}
                disabled={!reachable(id, plane, operation) || (plane === undefined && index > at)}
                onClick={() => go(id)}
              >
                <span className={classes.number} aria-hidden>
                  {index < at ? <IconCheck size={12} stroke={3} /> : index + 1}
                </span>
                {t(`install.step.${id}`)}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {children}
    </div>
  )
}

export interface StepFrameProps {
  readonly title: string
  readonly intro: ReactNode
  readonly children: ReactNode
  readonly footer: ReactNode
}

/** The frame of a step, with its buttons at the bottom. */
export function StepFrame({ title, intro, children, footer }: StepFrameProps) {
  return (
    <section className={classes.frame} aria-label={title}>
      <div className={classes.body}>
        <div>
          <h2 className={classes.title}>{title}</h2>
          <p className={classes.intro}>{intro}</p>
        </div>
        {children}
      </div>
      <div className={classes.footer}>{footer}</div>
    </section>
  )
}

export interface FooterProps {
  readonly store: InstallStore
  readonly step: WizardStep
  readonly next: string
  /** Why the user cannot continue; absent: the user can. */
  readonly blocked?: string | undefined
  readonly busy?: boolean
  readonly danger?: boolean
  readonly onNext: () => void
}

/** The buttons of a step. A disabled Next shows the reason. */
export function Footer({ store, step, next, blocked, busy = false, danger = false, onNext }: FooterProps) {
  const go = useStore(store, (state) => state.go)
  return (
    <>
      {step !== 'cluster' && (
        <Button variant="default" onClick={() => go(previousOf(step))} disabled={busy}>
          {t('install.back')}
        </Button>
      )}
      <span className={classes.why} role="status">
        {blocked}
      </span>
      <Button onClick={onNext} disabled={blocked !== undefined} loading={busy} {...(danger && { color: 'red' })}>
        {next}
      </Button>
    </>
  )
}
