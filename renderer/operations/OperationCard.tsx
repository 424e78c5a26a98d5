import { Button, Progress } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import type { Operation, StepProgress, WaitingOn } from '../../preload/contract/operations.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { span } from '../lib/time.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { operationStatus, Status, stepStatus } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import { useNow } from '../ui/useNow.ts'
import classes from './OperationCard.module.css'
import type { OperationsStore } from './store.ts'

export interface OperationCardProps {
  readonly operation: Operation
  readonly store: OperationsStore
  /** Set where the list has operations of several planes. */
  readonly planeName?: string | undefined
  /** Hides the steps at first. */
  readonly folded?: boolean
  /** Named by the address: shows its steps, and scrolls into view. */
  readonly current?: boolean
  /** The user opened its steps. */
  readonly onOpened?: () => void
  readonly onProblem: (problem: ProblemReport | undefined) => void
  /** Shows the uninstall plan; removes nothing. */
  readonly onUninstall: () => void
}

/** One operation: its steps, the objects that it waits for, and the available actions. */
export function OperationCard(props: OperationCardProps) {
  const { operation, planeName, folded = false, current = false, onOpened } = props
  const [open, setOpen] = useState(!folded || current)
  const card = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!current) return
    setOpen(true)
    card.current?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const { state, title, done, total, startedAt, endedAt, problem, steps, overtakenBy } = operation
  const ended = state === 'interrupted' || state === 'cancelled' ? state : undefined
  const note = overtakenBy === undefined ? ended : 'overtaken'
  const Chevron = open ? IconChevronDown : IconChevronRight
  return (
    <article ref={card} className={classes.card} aria-label={title}>
      <div className={classes.head}>
        <button
          type="button"
          className={classes.fold}
          aria-expanded={open}
          onClick={() => {
            setOpen(!open)
            if (!open) onOpened?.()
          }}
        >
          <Chevron size={16} aria-hidden />
          <span className={classes.title}>{title}</span>
        </button>
        <Status appearance={operationStatus[state]} />
        {planeName !== undefined && <span className={classes.quiet}>{planeName}</span>}
        <span className={classes.when}>
          <Rich
            message={endedAt === undefined ? 'operations.started' : 'operations.ended'}
            values={{ ago: <Ago key="ago" at={endedAt ?? startedAt} /> }}
          />
        </span>
        <Actions {...props} />
      </div>
      {total !== undefined && (
        <div className={classes.progress}>
          <Progress
            value={(100 * done) / total}
            size="sm"
            aria-label={t('operations.progress', { operation: title })}
            color={state === 'failed' ? 'red' : 'blue'}
          />
          <span className="numbers">{t('operations.stepsDone', { done, total })}</span>
        </div>
      )}
      {note !== undefined && <p className={classes.note}>{t(`operations.note.${note}`)}</p>}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {open && (
        <>
          <ol className={classes.steps} aria-label={t('operations.steps')}>
            {steps.map((step) => (
              <Step key={step.id} step={step} operation={state} />
            ))}
          </ol>
          <div className={classes.times}>
            {endedAt === undefined ? (
              <Rich message="operations.times" values={{ started: <At key="started" at={startedAt} /> }} />
            ) : (
              <Rich
                message="operations.timesEnded"
                values={{ started: <At key="started" at={startedAt} />, ended: <At key="ended" at={endedAt} /> }}
              />
            )}
          </div>
        </>
      )}
    </article>
  )
}

interface StepProps {
  readonly step: StepProgress
  readonly operation: Operation['state']
}

/** The last step of an operation that stopped keeps the state "running", but nothing runs. */
function Step({ step, operation }: StepProps) {
  const { title, state, startedAt, endedAt, message, waitingOn } = step
  const interrupted = state === 'running' && operation !== 'running'
  return (
    <li className={classes.step} aria-current={state === 'running' && !interrupted ? 'step' : undefined}>
      <div className={classes.stepHead}>
        <span className={classes.stepState}>
          <Status appearance={interrupted ? operationStatus.interrupted : stepStatus[state]} />
        </span>
        <span className={classes.stepTitle}>{title}</span>
        {startedAt !== undefined && !interrupted && <Duration from={startedAt} to={endedAt} />}
      </div>
      {message !== undefined && message !== '' && <div className={classes.message}>{message}</div>}
      {waitingOn.length > 0 && (
        <ul className={classes.waiting} aria-label={t('operations.waitingFor')}>
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

function Duration({ from, to }: { readonly from: string; readonly to: string | undefined }) {
  const now = useNow()
  const ms = (to === undefined ? Math.max(now, Date.parse(from)) : Date.parse(to)) - Date.parse(from)
  return <span className={`${classes.duration} numbers`}>{span(ms)}</span>
}

function Waiting({ waiting: { object, why, since } }: { readonly waiting: WaitingOn }) {
  return (
    <li>
      <Rich
        message="operations.waiting"
        values={{
          kind: object.kind,
          name: (
            <span key="name" className="mono">
              {object.name}
            </span>
          ),
          reason: why,
          since: <Ago key="since" at={since} />,
        }}
      />
    </li>
  )
}

function Actions({ operation, store, onProblem, onUninstall }: OperationCardProps) {
  const [pending, setPending] = useState<string>()
  const run = (action: 'cancel' | 'resume' | 'forget') => {
    setPending(action)
    void store
      .getState()
      [action](operation.id)
      .then((problem) => {
        setPending(undefined)
        onProblem(problem)
      })
  }
  const { offers, kind } = operation
  return (
    <span className={classes.actions}>
      {offers.includes('resume') && (
        <Button size="compact-xs" loading={pending === 'resume'} onClick={() => run('resume')}>
          {t('operations.resume')}
        </Button>
      )}
      {offers.includes('cancel') && (
        <Button variant="default" size="compact-xs" loading={pending === 'cancel'} onClick={() => run('cancel')}>
          {t(kind === 'collect' ? 'operations.stopCollecting' : 'operations.cancel')}
        </Button>
      )}
      {offers.includes('uninstall') && (
        <Button variant="default" size="compact-xs" onClick={onUninstall}>
          {t('operations.uninstall')}
        </Button>
      )}
      {offers.includes('forget') && (
        <Button variant="default" size="compact-xs" loading={pending === 'forget'} onClick={() => run('forget')}>
          {t('operations.forget')}
        </Button>
      )}
    </span>
  )
}
