import type { Terminal } from './terminal.ts';

/** Says on standard error that something takes a while; silent where nobody watches. */
export interface Progress {
  /** Replaces the words. */
  say(text: string): void;
  /** Takes the line away again. */
  end(): void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;
/** What is done sooner needs no progress: a line that flashes only disturbs. */
const DELAY_MS = 300;
const CLEAR_LINE = '\r\u001b[2K';

/** Shows a moving sign and `text` until it is ended. `text` is ours, never from outside. */
export function startProgress(terminal: Terminal, text: string): Progress {
  if (!terminal.watched) return { say: () => {}, end: () => {} };
  let words = text;
  let frame = 0;
  let drawn = false;
  const draw = (): void => {
    drawn = true;
    frame += 1;
    terminal.err(`${CLEAR_LINE}${FRAMES[frame % FRAMES.length]} ${words}`);
  };
  let timer = setTimeout(() => {
    draw();
    timer = setInterval(draw, FRAME_MS);
  }, DELAY_MS);
  return {
    say: (next) => {
      words = next;
      if (drawn) draw();
    },
    end: () => {
      clearTimeout(timer);
      clearInterval(timer);
      if (drawn) terminal.err(CLEAR_LINE);
    },
  };
}
