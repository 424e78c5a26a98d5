import { Button, Progress } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Operation, StepProgress, WaitingOn } from '../../preload/contract/operations.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { span } from '../lib/time.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { IconChevronDown, IconChevronRight } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { healthStatus, operationStatus, Status, type StatusAppearance, stepStatus } from '../ui/Status.tsx'
import { Ago, At } from '../ui/Time.tsx'
import { useNow } from '../ui/useNow.ts'
import classes from './OperationCard.module.css'
import { StepGraph } from './StepGraph.tsx'
import { stepNodes } from './stepNodes.ts'
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
          <Steps steps={steps} operation={state} />
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

/** Steps that ran when an operation stopped keep the state "running", but nothing runs. */
const appearanceOf = (step: StepProgress, operation: Operation['state']): StatusAppearance =>
  step.state === 'running' && operation !== 'running' ? operationStatus.interrupted : stepStatus[step.state]

/** Two steps in a row need no picture. */
const stepsOfGraph = 3

interface StepsProps {
  readonly steps: readonly StepProgress[]
  readonly operation: Operation['state']
}

/** A graph with the details of what runs, failed or was chosen below it; then all steps, which say the same to read. */
function Steps({ steps, operation }: StepsProps) {
  const [chosen, setChosen] = useState<string>()
  const hasGraph = steps.length >= stepsOfGraph && steps.some(({ needs }) => needs.length > 0)
  const nodes = useMemo(() => stepNodes(steps), [steps])
  const chosenIds = new Set(nodes.find(({ id }) => id === chosen)?.steps.map(({ id }) => id))
  const isShown = ({ id, state }: StepProgress) => state === 'running' || state === 'failed' || chosenIds.has(id)
  return (
    <>
      {hasGraph && (
        <>
          <StepGraph
            nodes={nodes}
            appearanceOf={(step) => appearanceOf(step, operation)}
            current={chosen}
            onChoose={(step) => setChosen(step === chosen ? undefined : step)}
          />
          <ol className={classes.details} aria-label={t('operations.details')}>
            {steps.filter(isShown).map((step) => (
              <li key={step.id} className={classes.step} data-chosen={chosenIds.has(step.id) || undefined}>
                <StepHead step={step} operation={operation} />
                <StepDetails step={step} />
              </li>
            ))}
          </ol>
        </>
      )}
      <ol className={classes.steps} aria-label={t('operations.steps')}>
        {steps.map((step) => (
          <li
            key={step.id}
            className={classes.step}
            aria-current={step.state === 'running' && operation === 'running' ? 'step' : undefined}
          >
            <StepHead step={step} operation={operation} />
            {!hasGraph && <StepDetails step={step} />}
          </li>
        ))}
      </ol>
    </>
  )
}

interface StepHeadProps {
  readonly step: StepProgress
  readonly operation: Operation['state']
}

function StepHead({ step, operation }: StepHeadProps) {
  const { title, state, startedAt, endedAt, usual } = step
  const interrupted = state === 'running' && operation !== 'running'
  return (
    <div className={classes.stepHead}>
      <span className={classes.stepState}>
        <Status appearance={appearanceOf(step, operation)} />
      </span>
      <span className={classes.stepTitle}>{title}</span>
      <span className={`${classes.duration} numbers`}>
        {startedAt !== undefined && !interrupted && <Duration from={startedAt} to={endedAt} />}
        {usual !== undefined && endedAt === undefined && (
          <span className={classes.usual}>{t('operations.usual', { span: span(usual.ms), runs: usual.runs })}</span>
        )}
      </span>
    </div>
  )
}

function StepDetails({ step: { message, waitingOn, objects, log } }: { readonly step: StepProgress }) {
  return (
    <>
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
      {objects.length > 0 && <Objects objects={objects} />}
      {log !== undefined && (
        <figure className={classes.log}>
          <figcaption>
            <Rich
              message="operations.log"
              values={{
                pod: <Mono key="pod" text={log.pod} />,
                container: <Mono key="container" text={log.container} />,
              }}
            />
          </figcaption>
          <pre>{log.text}</pre>
        </figure>
      )}
    </>
  )
}

const Mono = ({ text }: { readonly text: string }) => <span className="mono">{text}</span>

/** The objects of a release; pods are below what owns them. */
function Objects({ objects }: { readonly objects: StepProgress['objects'] }) {
  return (
    <ul className={classes.objects} aria-label={t('operations.objects')}>
      {objects.map(({ object, depth, health, reason }) => (
        <li key={`${object.kind}/${object.namespace}/${object.name}`} data-depth={depth}>
          <Status appearance={healthStatus[health]} />
          <span className={classes.object}>
            {object.kind} <Mono text={object.name} />
            {health !== 'healthy' && <span className={classes.reason}>{reason}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}

function Duration({ from, to }: { readonly from: string; readonly to: string | undefined }) {
  const now = useNow()
  const ms = (to === undefined ? Math.max(now, Date.parse(from)) : Date.parse(to)) - Date.parse(from)
  return <span>{span(ms)}</span>
}

function Waiting({ waiting: { object, why, since } }: { readonly waiting: WaitingOn }) {
  return (
    <li>
      <Rich
        message="operations.waiting"
        values={{
          kind: object.kind,
          name: <Mono key="name" text={object.name} />,
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
