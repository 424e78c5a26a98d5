import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { t } from '../strings/t.ts'
import { CutName } from '../ui/CutName.tsx'
import { IconAlert, IconCheck, IconX } from '../ui/icons.ts'
import type { Tone } from '../ui/Status.tsx'
import type { StepOutcome } from './outcomes.ts'
import { previousOf, reachable, type WizardStep, wizardSteps } from './steps.ts'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'

export interface WizardProps {
  readonly store: InstallStore
  /** undefined until it has been created. */
  readonly plane: Plane | undefined
  /** The newest install or uninstall of the plane. */
  readonly operation: Operation | undefined
  readonly outcomes: Readonly<Partial<Record<WizardStep, StepOutcome>>>
  readonly children: ReactNode
}

/** The list of steps, each with its outcome, beside the current one. */
export function Wizard({ store, plane, operation, outcomes, children }: WizardProps) {
  const current = useStore(store, ({ step }) => step)
  const go = useStore(store, (state) => state.go)
  const at = wizardSteps.indexOf(current)
  return (
    <div className={classes.wizard}>
      <nav className={classes.steps} aria-label={t('install.steps')}>
        <ol className={classes.stepper}>
          {wizardSteps.map((id, index) => (
            <li key={id}>
              <button
                type="button"
                className={classes.step}
                aria-current={id === current ? 'step' : undefined}
                data-tone={outcomes[id]?.tone}
                disabled={!reachable(id, plane, operation) || (plane === undefined && index > at)}
                onClick={() => go(id)}
              >
                <span className={classes.number} aria-hidden>
                  <Mark tone={outcomes[id]?.tone} number={index + 1} />
                </span>
                <span className={classes.stepName}>{t(`install.step.${id}`)}</span>
                {/* Also without an outcome, so that the list keeps its height. */}
                <span className={classes.outcome} title={outcomes[id]?.text}>
                  <CutName name={outcomes[id]?.text ?? ''} />
                </span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {children}
    </div>
  )
}

const marks = { good: IconCheck, warn: IconAlert, bad: IconX } as const

function Mark({ tone, number }: { readonly tone: Tone | undefined; readonly number: number }) {
  if (tone === undefined || tone === 'busy' || tone === 'idle') return number
  const Icon = marks[tone]
  return <Icon size={13} stroke={3} />
}

export interface StepFrameProps {
  readonly title: string
  readonly intro: ReactNode
  readonly children: ReactNode
  readonly footer: ReactNode
}

/** The frame of a step, with its buttons at the bottom. The focus goes to its heading: what had it belongs to another step. */
export function StepFrame({ title, intro, children, footer }: StepFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: two steps can have the same frame
  useEffect(() => heading.current?.focus({ preventScroll: true }), [title])
  return (
    <section className={classes.frame} aria-label={title}>
      <div className={classes.body}>
        <div>
          <h2 ref={heading} tabIndex={-1} className={classes.title}>
            {title}
          </h2>
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
