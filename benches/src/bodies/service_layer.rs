//! The Service Layer's bodies: pretty names, every property present, numbers as JSON numbers with a fraction.

/// The answer of `POST Login`.
pub const LOGIN: &str = r#"{"@odata.context":"https://127.0.0.1:50000/b1s/v2/$metadata#B1Sessions/$entity","SessionId":"c5b1e3a2-7c53-11f0-8000-0242ac110002","Version":"1000280","SessionTimeout":30}"#;
/// Its cookie.
pub const SESSION_COOKIE: &str = "B1SESSION=c5b1e3a2-7c53-11f0-8000-0242ac110002;HttpOnly;";

/// Properties of an A/P invoice that no type of the client names, as every real answer has them by the hundred.
const HEADER_REST: &str = r#""HandWritten":"tNO","Printed":"psNo","Address":"1 Builder Way\rCarpinteria CA 93013\rUSA","DocTime":"10:42:00","SalesPersonCode":-1,"TransportationCode":-1,"Confirmed":"tYES","ImportFileNum":0,"SummeryType":"dNoSummary","ContactPersonCode":null,"ShowSCN":"tNO","PartialSupply":"tYES","ShipToCode":null,"Indicator":null,"FederalTaxID":null,"PaymentReference":null,"Form1099":null,"Box1099":null,"RevisionPo":"tNO","CancelDate":null,"BlockDunning":"tNO","Submitted":"tNO","Segment":0,"PickStatus":"tNO","Pick":"tNO","PaymentMethod":null,"DeferredTax":"tNO","SignatureInputMessage":null,"ReserveInvoice":"tNO","UseShpdGoodsAct":"tNO","OpenForLandedCosts":"tYES","DownPayment":0.0,"ReserveInvoiceCost":0.0,"EWBGenType":"ewbN","TotalEqualizationTax":0.0,"U_ProcoreKey":"PC-2783683-CM-598134325000017-1","U_ProcoreHash":"9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab""#;
/// The same for a row.
const LINE_REST: &str = r#""SerialNum":null,"ShipDate":"2026-03-31T00:00:00Z","PriceAfterVAT":0.0,"VendorNum":null,"SupplierCatNum":null,"WarehouseCode":null,"SalesPersonCode":-1,"CommisionPercent":0.0,"TreeType":"iNotATree","UseBaseUnits":"tNO","Factor1":1.0,"Factor2":1.0,"Factor3":1.0,"Factor4":1.0,"CorrectionInvoiceItem":"ciis_ShouldBe","NetTaxAmount":0.0,"OpenAmount":0.0,"Volume":0.0,"VolumeUnit":4,"Weight1":0.0,"U_ProcoreLine":"598134325000017""#;

/// An A/P invoice with rows.
pub fn invoice(lines: usize) -> String {
    let rows: Vec<String> = (0..lines).map(line).collect();
    format!(
        concat!(
            r#"{{"@odata.context":"https://127.0.0.1:50000/b1s/v2/$metadata#Documents/$entity","@odata.etag":"W/\"77DE68DAECD823BABBB58EDB1C8E14D7106E83BB\"","#,
            r#""DocEntry":7,"DocNum":10007,"DocType":"dDocument_Service","DocObjectCode":"oPurchaseInvoices","Series":16,"DocDate":"2026-03-31T00:00:00Z","#,
            r#""DocDueDate":"2026-04-30T00:00:00Z","TaxDate":"2026-03-31T00:00:00Z","CardCode":"V10000","CardName":"Example Concrete & Sons","NumAtCard":"PO-00001","#,
            r#""Reference1":"10007","Reference2":null,"DocCurrency":"$","DocRate":1.0,"DocTotal":12500.0,"DocTotalFc":0.0,"DocTotalSys":12500.0,"VatSum":0.0,"VatSumFc":0.0,"#,
            r#""Comments":"Procore commitment PO-00001","JournalMemo":"A/P Invoices - V10000","PaymentGroupCode":2,"DiscountPercent":0.0,"TotalDiscount":0.0,"Rounding":"tNO","#,
            r#""RoundingDiffAmount":0.0,"WTAmount":0.0,"PaidToDate":0.0,"PaidToDateFC":0.0,"Project":"P-100","ControlAccount":"20000","PaymentBlock":"tNO","#,
            r#""BPL_IDAssignedToInvoice":null,"DocumentStatus":"bost_Open","Cancelled":"tNO","CancelStatus":"csNo","AuthorizationStatus":"dasWithout","TransNum":321,"#,
            r#""FinancialPeriod":51,"CreationDate":"2026-03-31T00:00:00Z","UpdateDate":"2026-03-31T00:00:00Z","AttachmentEntry":null,"VatDate":null,{rest},"#,
            r#""DocumentReferences":[],"DocumentLines":[{rows}]}}"#,
        ),
        rest = HEADER_REST,
        rows = rows.join(","),
    )
}

fn line(nth: usize) -> String {
    format!(
        concat!(
            r#"{{"LineNum":{nth},"LineStatus":"bost_Open","ItemCode":null,"ItemDescription":"Concrete, level {nth}","Quantity":0.0,"UnitPrice":0.0,"Price":4166.67,"#,
            r#""LineTotal":4166.67,"RowTotalFC":0.0,"Currency":"$","Rate":0.0,"DiscountPercent":0.0,"AccountCode":"51000","TaxCode":"EX","VatGroup":null,"TaxTotal":0.0,"#,
            r#""WTLiable":"tNO","CostingCode":null,"CostingCode2":null,"CostingCode3":null,"CostingCode4":null,"CostingCode5":null,"ProjectCode":"P-100","#,
            r#""FreeText":null,"BaseType":-1,"BaseEntry":null,"BaseLine":null,{rest}}}"#,
        ),
        nth = nth,
        rest = LINE_REST,
    )
}
