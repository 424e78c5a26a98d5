import { Button, Progress } from '@mantine/core'
import { useState } from 'react'
import type { Operation, StepProgress, WaitingOn } from '../../preload/contract/operations.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { span } from '../lib/time.ts'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { operationStatus, Status, type StatusAppearance, stepStatus } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import { useNow } from '../ui/useNow.ts'
import classes from './Activity.module.css'
import type { OperationsStore } from './store.ts'

export interface OperationCardProps {
  readonly operation: Operation
  readonly store: OperationsStore
  /** Shown where more than one plane is listed. */
  readonly planeName?: string | undefined
  /** Are the steps hidden at first? */
  readonly folded?: boolean
  readonly onProblem: (problem: ProblemReport | undefined) => void
  /** Shows the plan of an uninstall; nothing is removed yet. */
  readonly onUninstall: () => void
}

const says = {
  running: undefined,
  interrupted:
    'Hangar stopped in the middle of this. Hangar has changed nothing since. Resume looks at the cluster and goes on.',
  done: undefined,
  failed: undefined,
  cancelled: 'It was stopped. What was done up to then is still there.',
} as const satisfies Record<Operation['state'], string | undefined>

/** One operation: its steps, what it is waiting on, and what can be done with it now. */
export function OperationCard(props: OperationCardProps) {
  const { operation, planeName, folded = false } = props
  const [open, setOpen] = useState(!folded)
  const { state, title, done, total, startedAt, endedAt, problem, steps } = operation
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <article className={classes.card} aria-label={title}>
      <div className={classes.head}>
        <button type="button" className={classes.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
          <Chevron size={16} aria-hidden />
          <span className={classes.title}>{title}</span>
        </button>
        <Status appearance={operationStatus[state]} />
        {planeName !== undefined && <span className={classes.quiet}>{planeName}</span>}
        <span className={classes.when}>
          {endedAt === undefined ? 'started ' : 'ended '}
          <Ago at={endedAt ?? startedAt} />
        </span>
        <Offers {...props} />
      </div>
      {total !== undefined && (
        <div className={classes.progress}>
          <Progress
            value={(100 * done) / total}
            size="sm"
            aria-label={`${title}: progress`}
            color={state === 'failed' ? 'red' : 'blue'}
          />
          <span className="numbers">
            {done} of {total} steps
          </span>
        </div>
      )}
      {says[state] !== undefined && <p className={classes.says}>{says[state]}</p>}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {open && (
        <>
          <ol className={classes.steps} aria-label="Steps">
            {steps.map((step) => (
              <Step key={step.id} step={step} operation={state} />
            ))}
          </ol>
          <div className={classes.times}>
            Started <At at={startedAt} />
            {endedAt !== undefined && (
              <>
                , ended <At at={endedAt} />
              </>
            )}
          </div>
        </>
      )}
    </article>
  )
}

/** A step that was being done when everything stopped: nobody works on it, so it must not look so. */
const cutOff: StatusAppearance = { ...operationStatus.interrupted, label: 'Cut off' }

interface StepProps {
  readonly step: StepProgress
  readonly operation: Operation['state']
}

function Step({ step, operation }: StepProps) {
  const { title, state, startedAt, endedAt, message, waitingOn } = step
  const halted = state === 'running' && operation !== 'running'
  return (
    <li className={classes.step} aria-current={state === 'running' && !halted ? 'step' : undefined}>
      <div className={classes.stepHead}>
        <span className={classes.stepState}>
          <Status appearance={halted ? cutOff : stepStatus[state]} />
        </span>
        <span className={classes.stepTitle}>{title}</span>
        {startedAt !== undefined && !halted && <Took from={startedAt} to={endedAt} />}
      </div>
      {message !== undefined && message !== '' && <div className={classes.message}>{message}</div>}
      {waitingOn.length > 0 && (
        <ul className={classes.waiting} aria-label="Waiting on">
          {waitingOn.map((waiting) => (
            <Waiting
              key={`${waiting.object.kind}/${waiting.object.namespace}/${waiting.object.name}`}
              waiting={waiting}
            />
          ))}
        </ul>
      )}
    </li>
  )
}

function Took({ from, to }: { readonly from: string; readonly to: string | undefined }) {
  const now = useNow()
  const ms = (to === undefined ? Math.max(now, Date.parse(from)) : Date.parse(to)) - Date.parse(from)
  return <span className={`${classes.took} numbers`}>{span(ms)}</span>
}

function Waiting({ waiting: { object, why, since } }: { readonly waiting: WaitingOn }) {
  return (
    <li>
      Waiting on {object.kind} <span className="mono">{object.name}</span>: {why} (since <Ago at={since} />)
    </li>
  )
}

function Offers({ operation, store, onProblem, onUninstall }: OperationCardProps) {
  const [asked, setAsked] = useState<string>()
  const ask = (offer: 'cancel' | 'resume' | 'forget') => {
    setAsked(offer)
    void store
      .getState()
      [offer](operation.id)
      .then((problem) => {
        setAsked(undefined)
        onProblem(problem)
      })
  }
  const { offers, kind } = operation
  return (
    <span className={classes.offers}>
      {offers.includes('resume') && (
        <Button size="compact-xs" loading={asked === 'resume'} onClick={() => ask('resume')}>
          Resume
        </Button>
      )}
      {offers.includes('cancel') && (
        <Button variant="default" size="compact-xs" loading={asked === 'cancel'} onClick={() => ask('cancel')}>
          {kind === 'collect' ? 'Stop' : 'Cancel'}
        </Button>
      )}
      {offers.includes('uninstall') && (
        <Button variant="default" size="compact-xs" onClick={onUninstall}>
          Uninstall …
        </Button>
      )}
      {offers.includes('forget') && (
        <Button variant="default" size="compact-xs" loading={asked === 'forget'} onClick={() => ask('forget')}>
          Forget
        </Button>
      )}
    </span>
  )
}
