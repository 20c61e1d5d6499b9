import type { Handlers } from "#contract";
import type { Dependencies } from "./dependencies.ts";
import { adjustProductStock } from "./operations/adjust_product_stock.ts";
import { applyStockCommands } from "./operations/apply_stock_commands.ts";
import { auditStock } from "./operations/audit_stock.ts";
import { createProduct } from "./operations/create_product.ts";
import { deleteProduct } from "./operations/delete_product.ts";
import { getProduct } from "./operations/get_product.ts";
import { getProductStock } from "./operations/get_product_stock.ts";
import { listProductAuditEvents } from "./operations/list_product_audit_events.ts";
import { listProducts } from "./operations/list_products.ts";
import { replaceProduct } from "./operations/replace_product.ts";
import { updateProduct } from "./operations/update_product.ts";
import type { StockCommander } from "./store/mod.ts";

/** What product-management does, one line for each operation of the contract. */
export function createProductManagement(
  dependencies: Dependencies,
  stock: StockCommander = dependencies.products,
): Handlers<"product-management"> {
  return {
    listProducts: listProducts(dependencies),
    createProduct: createProduct(dependencies),
    getProduct: getProduct(dependencies),
    replaceProduct: replaceProduct(dependencies),
    updateProduct: updateProduct(dependencies),
    deleteProduct: deleteProduct(dependencies),
    getProductStock: getProductStock(dependencies),
    adjustProductStock: adjustProductStock(dependencies),
    applyStockCommands: applyStockCommands(stock),
    auditStock: auditStock(dependencies),
    listProductAuditEvents: listProductAuditEvents(dependencies),
  };
}
