import { VisuallyHidden } from '@mantine/core'
import { type CSSProperties, useEffect, useMemo, useRef } from 'react'
import type { StepProgress } from '../../preload/contract/operations.ts'
import { t } from '../strings/t.ts'
import { Status, type StatusAppearance } from '../ui/Status.tsx'
import classes from './StepGraph.module.css'
import { type PlacedNode, stepLayout } from './stepLayout.ts'
import { leadingStep, type StepNode } from './stepNodes.ts'

/** Of a column, whose width is that of 100. The stylesheet has the same share. */
const nodeWidth = 88
/** Two lines of title, or three. */
const rowPx = 72
const tallRowPx = 88
const columnPx = 146
/** A longer title can need a third line. */
const titleOfTwoLines = 30

export interface StepGraphProps {
  readonly nodes: readonly StepNode[]
  readonly appearanceOf: (step: StepProgress) => StatusAppearance
  readonly current: string | undefined
  readonly onChoose: (step: string) => void
}

const nodeTitle = ({ group, steps }: StepNode): string =>
  group === undefined ? steps[0].title : t(`operations.group.${group}`, { count: steps.length })

const isOver = ({ state }: StepProgress): boolean => state === 'done' || state === 'skipped'

/** Steps by what they need, those of one kind as one node. A click shows the details of its steps below. */
export function StepGraph({ nodes, appearanceOf, current, onChoose }: StepGraphProps) {
  const { placed, edges, columns, rows } = useMemo(() => stepLayout(nodes), [nodes])
  const firstRunning = placed.find(({ node }) => appearanceOf(leadingStep(node)).spins)?.column ?? 0
  const height = nodes.some((node) => nodeTitle(node).length > titleOfTwoLines) ? tallRowPx : rowPx
  const view = useRef<HTMLElement>(null)
  useEffect(() => {
    const { scrollWidth = 0 } = view.current ?? {}
    // With the column before it: what it came from.
    view.current?.scrollTo({ left: (scrollWidth / columns) * (firstRunning - 1) })
  }, [firstRunning, columns])
  const titles = new Map(nodes.map((node) => [node.id, nodeTitle(node)]))
  const size: CSSProperties = {
    gridTemplateColumns: `repeat(${columns}, 1fr)`,
    minWidth: columns * columnPx,
    height: rows * height,
  }
  return (
    // It scrolls sideways, also by keyboard: its nodes take the focus.
    <section ref={view} className={classes.scroll} aria-label={t('operations.graph')}>
      <div className={classes.graph} style={size}>
        <svg
          className={classes.edges}
          viewBox={`0 0 ${columns * 100} ${rows * height}`}
          preserveAspectRatio="none"
          aria-hidden
        >
          {edges.map(({ from, to }) => (
            <path
              key={`${from.node.id} ${to.node.id}`}
              d={edgePath(from, to, height)}
              data-done={from.node.steps.every(isOver) || undefined}
            />
          ))}
        </svg>
        {placed.map(({ node, column, row }) => (
          <Node
            key={node.id}
            node={node}
            appearance={appearanceOf(leadingStep(node))}
            style={{ gridColumn: column + 1, top: row * height, height: height - gapPx }}
            after={node.needs.flatMap((id) => titles.get(id) ?? []).join(', ')}
            pressed={node.id === current}
            onChoose={() => onChoose(node.id)}
          />
        ))}
      </div>
    </section>
  )
}

interface NodeProps {
  readonly node: StepNode
  readonly appearance: StatusAppearance
  readonly style: CSSProperties
  /** Titles of what it needs. */
  readonly after: string
  readonly pressed: boolean
  readonly onChoose: () => void
}

function Node({ node, appearance, style, after, pressed, onChoose }: NodeProps) {
  const done = node.steps.filter(isOver).length
  return (
    <button
      type="button"
      className={classes.node}
      style={style}
      data-tone={appearance.tone}
      data-running={appearance.spins || undefined}
      aria-pressed={pressed}
      title={node.steps.map(({ title }) => title).join('\n')}
      onClick={onChoose}
    >
      <span className={classes.nodeTitle}>{nodeTitle(node)}</span>
      <span className={classes.nodeState}>
        <Status appearance={appearance} />
        {node.group !== undefined && done < node.steps.length && (
          <span className="numbers">{t('operations.groupDone', { done, total: node.steps.length })}</span>
        )}
      </span>
      {after !== '' && <VisuallyHidden>{t('operations.after', { after })}</VisuallyHidden>}
    </button>
  )
}

const gapPx = 8

function edgePath(from: PlacedNode, to: PlacedNode, height: number): string {
  const centre = ({ row }: PlacedNode): number => row * height + (height - gapPx) / 2
  const [x1, x2] = [from.column * 100 + nodeWidth, to.column * 100]
  const [y1, y2] = [centre(from), centre(to)]
  const bend = (100 - nodeWidth) / 2
  // Straight past the columns between, then into the row of the target.
  return `M${x1} ${y1} L${x2 - 2 * bend} ${y1} C${x2 - bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
}
