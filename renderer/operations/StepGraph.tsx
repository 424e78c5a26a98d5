import { VisuallyHidden } from '@mantine/core'
import { type CSSProperties, useEffect, useRef } from 'react'
import type { StepProgress } from '../../preload/contract/operations.ts'
import { t } from '../strings/t.ts'
import { Status, type StatusAppearance } from '../ui/Status.tsx'
import classes from './StepGraph.module.css'
import { type PlacedStep, stepLayout } from './stepLayout.ts'

/** Of a column, whose width is that of 100. The stylesheet has the same share. */
const nodeWidth = 86
const rowPx = 72
const columnPx = 128

export interface StepGraphProps {
  readonly steps: readonly StepProgress[]
  readonly appearanceOf: (step: StepProgress) => StatusAppearance
  readonly current: string | undefined
  readonly onChoose: (step: string) => void
}

/** Steps by what they need. A click shows the details of a step below. */
export function StepGraph({ steps, appearanceOf, current, onChoose }: StepGraphProps) {
  const { placed, edges, columns, rows } = stepLayout(steps)
  const firstRunning = placed.find(({ step }) => appearanceOf(step).spins)?.column ?? 0
  const view = useRef<HTMLElement>(null)
  useEffect(() => {
    const { scrollWidth = 0 } = view.current ?? {}
    // With the column before it: what it came from.
    view.current?.scrollTo({ left: (scrollWidth / columns) * (firstRunning - 1) })
  }, [firstRunning, columns])
  const titles = new Map(steps.map(({ id, title }) => [id, title]))
  const size: CSSProperties = {
    gridTemplateColumns: `repeat(${columns}, 1fr)`,
    minWidth: columns * columnPx,
    height: rows * rowPx,
  }
  return (
    // It scrolls sideways, also by keyboard: its nodes take the focus.
    <section ref={view} className={classes.scroll} aria-label={t('operations.graph')}>
      <div className={classes.graph} style={size}>
        <svg
          className={classes.edges}
          viewBox={`0 0 ${columns * 100} ${rows * rowPx}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          {edges.map(({ from, to }) => (
            <path
              key={`${from.step.id} ${to.step.id}`}
              d={edgePath(from, to)}
              data-done={from.step.state === 'done' || from.step.state === 'skipped' || undefined}
            />
          ))}
        </svg>
        {placed.map(({ step, column, row }) => {
          const appearance = appearanceOf(step)
          const after = step.needs.flatMap((id) => titles.get(id) ?? []).join(', ')
          return (
            <button
              key={step.id}
              type="button"
              className={classes.node}
              style={{ gridColumn: column + 1, top: row * rowPx }}
              data-tone={appearance.tone}
              data-running={appearance.spins || undefined}
              aria-pressed={step.id === current}
              title={step.title}
              onClick={() => onChoose(step.id)}
            >
              <span className={classes.nodeTitle}>{step.title}</span>
              <Status appearance={appearance} />
              {after !== '' && <VisuallyHidden>{t('operations.after', { after })}</VisuallyHidden>}
            </button>
          )
        })}
      </div>
    </section>
  )
}

const centre = ({ row }: PlacedStep): number => row * rowPx + (rowPx - 8) / 2

function edgePath(from: PlacedStep, to: PlacedStep): string {
  const [x1, x2] = [from.column * 100 + nodeWidth, to.column * 100]
  const [y1, y2] = [centre(from), centre(to)]
  const bend = (100 - nodeWidth) / 2
  // Straight past the columns between, then into the row of the target.
  return `M${x1} ${y1} L${x2 - 2 * bend} ${y1} C${x2 - bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
}
