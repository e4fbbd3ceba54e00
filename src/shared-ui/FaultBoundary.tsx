import { Component, type ErrorInfo, type ReactNode } from 'react';

interface Props {
  /** What to show in place of what broke. */
  readonly fallback: ReactNode;
  /** Told what broke, for the console. */
  readonly onFault: (error: unknown, info: ErrorInfo) => void;
  readonly children: ReactNode;
}

/** Keeps a fault of ours in one place from leaving an empty window. A class, since React offers no hook for it. */
export class FaultBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    this.props.onFault(error, info);
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.fallback : this.props.children;
  }
}
