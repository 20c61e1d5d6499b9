/** How orders lie in their rows. */
import type { Order, OrderRecord, OrderStatus, Proposal } from "../order.ts";
import { formatNumber } from "../order.ts";
import type { Undecided } from "./mod.ts";

export interface OrderRow {
  id: string;
  number: number;
  customerId: string;
  status: OrderStatus;
  items: Order["items"];
  total: Order["total"];
  shippingAddress: Order["shippingAddress"];
  version: number;
  statusHistory: Order["statusHistory"];
  createdAt: Date;
  updatedAt: Date;
  revision: number;
  proposal: Omit<Proposal, "revision"> | null;
  proposalRevision: number | null;
}

export interface LeasedRow extends OrderRow {
  fence: number;
  notAfter: Date;
  overdue: boolean;
  attempts: number;
}

export function toOrder(row: OrderRow): Order {
  const { id, number, customerId, status, items, total, shippingAddress, version, statusHistory } = row;
  return {
    id,
    number: formatNumber(number),
    customerId,
    status,
    items,
    total,
    shippingAddress,
    version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    statusHistory,
  };
}

export function toRecord(row: OrderRow): OrderRecord {
  const { revision, proposal, proposalRevision } = row;
  const isLive = proposal !== null && proposalRevision !== null;
  return { order: toOrder(row), revision, proposal: isLive ? { ...proposal, revision: proposalRevision } : undefined };
}

export function toUndecided(row: LeasedRow): Undecided {
  const { id: orderId, fence, notAfter, overdue, attempts } = row;
  return { record: toRecord(row), lease: { orderId, fence, notAfter: notAfter.toISOString() }, overdue, attempts };
}
