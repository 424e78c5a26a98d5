import type { ReactNode } from 'react'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import classes from './Help.module.css'
import type { Block, Inline } from './page.ts'

/** The parts of a page never change, so that their place is their key. */
export function Blocks({ blocks }: { readonly blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, at) => <OneBlock key={at.toString()} block={block} />)
}

function Text({ parts }: { readonly parts: readonly Inline[] }): ReactNode {
  return parts.map((part, at) => <OnePart key={at.toString()} part={part} />)
}

function OnePart({ part }: { readonly part: Inline }): ReactNode {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'code':
      return <code>{part.text}</code>
    case 'strong':
      return (
        <strong>
          <Text parts={part.parts} />
        </strong>
      )
    case 'em':
      return (
        <em>
          <Text parts={part.parts} />
        </em>
      )
    case 'link':
      return (
        <a href={part.href}>
          <Text parts={part.parts} />
        </a>
      )
  }
}

function OneBlock({ block }: { readonly block: Block }): ReactNode {
  switch (block.kind) {
    case 'heading': {
      // The title of the page is a heading of level 2: the view has its own above it.
      const Heading = block.level === 2 ? 'h3' : 'h4'
      return (
        <Heading id={`help-${block.anchor}`} className={classes[Heading]} tabIndex={-1}>
          <Text parts={block.parts} />
        </Heading>
      )
    }
    case 'paragraph':
      return (
        <p>
          <Text parts={block.parts} />
        </p>
      )
    case 'code':
      return (
        <div className={classes.code}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
          <pre className="mono" tabIndex={0}>
            {block.text}
          </pre>
          <CopyButton label={t('help.copy')} text={() => block.text} />
        </div>
      )
    case 'list': {
      const List = block.ordered ? 'ol' : 'ul'
      return (
        <List>
          {block.items.map((item, at) => (
            <li key={at.toString()}>
              <Blocks blocks={item} />
            </li>
          ))}
        </List>
      )
    }
    case 'table':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        <div className={classes.tableFrame} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {block.head.map((cell, at) => (
                  <th key={at.toString()} scope="col">
                    <Text parts={cell} />
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, at) => (
                <tr key={at.toString()}>
                  {row.map((cell, column) => (
                    <td key={column.toString()}>
                      <Text parts={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )
  }
}
