import { type ReactNode, useId, useRef, useState } from 'react';
import type { OperationResult } from 'urql';
import { Problem } from './basics';

interface DialogProps {
  /** The text on the button that opens the dialog. */
  readonly label: string;
  readonly title: string;
  readonly text: ReactNode;
  /** The text on the button that does it. */
  readonly action: string;
  readonly tone?: 'primary' | 'danger';
  readonly isDisabled?: boolean;
  readonly children?: ReactNode;
  /** Does it; a text says why the form cannot be used as it is. */
  readonly run: (form: FormData) => Promise<OperationResult> | string;
  readonly onDone?: () => void;
}

/** A button that asks before it does something, in a dialog that stays open where that fails. */
export function ConfirmButton(props: DialogProps) {
  const { label, title, text, action, tone = 'danger', isDisabled = false, children, run, onDone } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<OperationResult['error']>();
  const [hint, setHint] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(false);
  const titleId = useId();

  async function submit(form: FormData): Promise<void> {
    const running = run(form);
    setHint(typeof running === 'string' ? running : undefined);
    if (typeof running === 'string') return;
    setBusy(true);
    const { error: problem } = await running;
    setBusy(false);
    setError(problem);
    if (!problem) {
      dialog.current?.close();
      onDone?.();
    }
  }

  return (
    <>
      <button
        type="button"
        className={tone === 'danger' ? 'quiet-danger' : ''}
        disabled={isDisabled}
        onClick={() => {
          setError(undefined);
          setHint(undefined);
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={titleId} onClose={() => setOpen(false)}>
        {isOpen && (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit(new FormData(event.currentTarget));
            }}
          >
            <h2 id={titleId}>{title}</h2>
            <p>{text}</p>
            {children}
            {hint && <p className="notice">{hint}</p>}
            {error && <Problem error={error} title="It was not done" />}
            <div className="buttons">
              <button type="button" onClick={() => dialog.current?.close()}>
                Cancel
              </button>
              <button type="submit" className={tone} disabled={isBusy}>
                {isBusy ? 'Working' : action}
              </button>
            </div>
          </form>
        )}
      </dialog>
    </>
  );
}
