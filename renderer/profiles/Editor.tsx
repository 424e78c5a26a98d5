import { yaml } from '@codemirror/lang-yaml'
import { syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { classHighlighter } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'
import { useEffect, useRef } from 'react'
import type { ProfileFault } from '../../preload/contract/profiles.ts'
import { styleNonce } from '../nonce.ts'
import './editor.css'

export interface EditorProps {
  readonly label: string
  /** What it begins with; later changes come from typing alone. */
  readonly text: string
  readonly readOnly: boolean
  readonly faults: readonly ProfileFault[]
  readonly onEdit: (text: string) => void
  /** Where to go to, when a fault was chosen in the list. */
  readonly goTo: Pick<ProfileFault, 'line' | 'column'> | undefined
}

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--mantine-color-text)', backgroundColor: 'var(--surface)', fontSize: '0.75rem' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-gutters': { backgroundColor: 'var(--surface-side)', color: 'var(--idle)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--surface-hover) 60%, transparent)',
  },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--surface-selected) !important',
  },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--surface-raised)',
    color: 'var(--mantine-color-text)',
    border: '1px solid var(--line)',
  },
})

/** The place in the text of a line and column that count from 1; past the end it is the end. */
function offsetOf(state: EditorState, { line, column }: Pick<ProfileFault, 'line' | 'column'>): number {
  const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines))
  return Math.min(found.from + Math.max(column - 1, 0), found.to)
}

const faultText = ({ field, found, expected }: ProfileFault): string =>
  `${field === '' ? 'The file' : field}: expected ${expected}${found === '' ? '' : `, found ${found}`}`

function diagnostics(state: EditorState, faults: readonly ProfileFault[]): Diagnostic[] {
  return faults.map((fault) => {
    const from = offsetOf(state, fault)
    const end = state.doc.lineAt(from).to
    return { from, to: Math.max(from, end), severity: 'error', message: faultText(fault) }
  })
}

/** A YAML editor that marks faults where they are. */
export function Editor({ label, text, readOnly, faults, onEdit, goTo }: EditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(null)
  const edit = useRef(onEdit)
  edit.current = onEdit

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what it begins with; its parent keys it by name
  useEffect(() => {
    if (place.current === null) return
    const made = new EditorView({
      parent: place.current,
      doc: text,
      extensions: [
        basicSetup,
        yaml(),
        syntaxHighlighting(classHighlighter),
        lintGutter(),
        look,
        EditorView.cspNonce.of(styleNonce()),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': String(readOnly) }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) edit.current(update.state.doc.toString())
        }),
      ],
    })
    view.current = made
    return () => made.destroy()
  }, [label, readOnly])

  useEffect(() => {
    const made = view.current
    if (made !== null) made.dispatch(setDiagnostics(made.state, diagnostics(made.state, faults)))
  }, [faults])

  useEffect(() => {
    const made = view.current
    if (made === null || goTo === undefined) return
    const anchor = offsetOf(made.state, goTo)
    made.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
    made.focus()
  }, [goTo])

  return <div ref={place} className="profile-editor" />
}
